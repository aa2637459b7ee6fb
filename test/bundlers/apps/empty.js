// What the bundler adds to this page does not come from the package.
document.body.append('empty')
