export default {"output":"export","productionBrowserSourceMaps":true,"turbopack":{"root":"/work/wt/package/test/bundlers/"}}
