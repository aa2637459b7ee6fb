(globalThis.TURBOPACK||(globalThis.TURBOPACK=[])).push(["object"==typeof document?document.currentScript:void 0,33139,t=>{"use strict";document.body.append("empty"),t.s([])}]);

//# sourceMappingURL=2kxxcx7maj42y.js.map