(globalThis.TURBOPACK||(globalThis.TURBOPACK=[])).push(["object"==typeof document?document.currentScript:void 0,80186,t=>{t.v(e=>Promise.all(["static/chunks/2cdbl7ftbyy8s.js"].map(e=>t.l(e))).then(()=>e(1101)))},75905,t=>{"use strict";var e=t.i(71645);t.s(["default",0,function(){return(0,e.useEffect)(()=>void t.A(80186),[]),null}])}]);

//# sourceMappingURL=075-iblk2nt66.js.map