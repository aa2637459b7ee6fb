document.body.append("empty");

//# debugId=CECFAC52C768873464756E2164756E21
