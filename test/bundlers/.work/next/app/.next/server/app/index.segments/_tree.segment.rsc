1:[["children",{"s":"__PAGE__","h":160}]]
0:{"b":"NyuelUnehWv2Bixczx6Jd","t":{"t":{"s":"","h":80,"c":"$Q1"}}}
