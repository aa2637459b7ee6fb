import 'temml/dist/Temml-Local.css'

export { default as temml } from 'temml'
