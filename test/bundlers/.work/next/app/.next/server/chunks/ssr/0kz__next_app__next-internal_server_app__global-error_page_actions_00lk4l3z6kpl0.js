module.exports=[27540,a=>{"use strict";a.s([])}];

//# sourceMappingURL=0kz__next_app__next-internal_server_app__global-error_page_actions_00lk4l3z6kpl0.js.map