module.exports=[75137,a=>{a.v(b=>Promise.all(["server/chunks/ssr/_work_next_app_app_entry_037em36tb-507.js"].map(b=>a.l(b))).then(()=>b(3825)))},9409,a=>{"use strict";var b=a.i(72131);a.s(["default",0,function(){return(0,b.useEffect)(()=>void a.A(75137),[]),null}])}];

//# sourceMappingURL=_work_next_app_app_17v93ya5gkic6._.js.map