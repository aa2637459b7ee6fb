module.exports=[2613,a=>{"use strict";document.body.append("empty"),a.s([])}];

//# sourceMappingURL=_work_next_empty_app_entry_03x0haz3_foe4.js.map