// The one class of errors, which the bindings throw as well.

import { errorClass } from "vecseal-bindings";

export const VecsealError = errorClass();
