(globalThis.TURBOPACK||(globalThis.TURBOPACK=[])).push(["object"==typeof document?document.currentScript:void 0,63231,t=>{t.v(e=>Promise.all(["static/chunks/17mlohekao9zv.js"].map(e=>t.l(e))).then(()=>e(33139)))},32831,t=>{"use strict";var e=t.i(71645);t.s(["default",0,function(){return(0,e.useEffect)(()=>void t.A(63231),[]),null}])}]);

//# sourceMappingURL=2dpl1i4ajg7cb.js.map