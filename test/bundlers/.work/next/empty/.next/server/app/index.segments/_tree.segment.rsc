1:[["children",{"s":"__PAGE__","h":160}]]
0:{"b":"QSmeXLfDBrPavLbFk656H","t":{"t":{"s":"","h":80,"c":"$Q1"}}}
