document.body.append("empty");
//# sourceMappingURL=page.js.map
