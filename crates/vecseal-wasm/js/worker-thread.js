// What runs in a web worker of the pool.

import { Compartment, init } from "./index.js";
import { serve } from "./serve.js";

const take = serve({ Compartment, init, post: (message, transfer) => postMessage(message, transfer) });

onmessage = (event) => take(event.data).catch((error) => reportError(error));
