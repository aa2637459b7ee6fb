document.body.append("empty");
//# sourceMappingURL=empty.87327ed8.js.map
