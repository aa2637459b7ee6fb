module.exports=[96153,a=>{a.v(b=>Promise.all(["server/chunks/ssr/_work_next_empty_app_entry_03x0haz3_foe4.js"].map(b=>a.l(b))).then(()=>b(2613)))},41020,a=>{"use strict";var b=a.i(72131);a.s(["default",0,function(){return(0,b.useEffect)(()=>void a.A(96153),[]),null}])}];

//# sourceMappingURL=_work_next_empty_app_046d56mdjgad6._.js.map