// The program in a page: runs it and leaves what came of it where a test finds it.

import { flow } from "./flow.js";

flow().then(
  (outcome) => (document.body.dataset.outcome = JSON.stringify(outcome)),
  (error) => (document.body.dataset.outcome = JSON.stringify(`${error.stack}`)),
);
