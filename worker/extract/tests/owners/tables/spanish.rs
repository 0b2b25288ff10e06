//! Tables of Spanish sentences.

use super::Frames;

pub(crate) const FRAMES: Frames = Frames {
    brief: "Hola, Jonás:\n\nhacemos jabón en Getxo, mi marido Piet y yo.\n\n{}\n\nUn saludo\nMaría",
    mail: "De: María Olsen\nPara: Jonás Berg\nFecha: miércoles, 4 de marzo de 2026, 9:10\nAsunto: RE: jabón\n\nHola, Jonás:\n\nmi marido Piet te saluda.\n\n{}\n\nMaría\n",
    reply: "De: María Olsen\nPara: Jonás Berg\nFecha: miércoles, 4 de marzo de 2026, 9:10\nAsunto: RE: jabón\n\nHola, Jonás:\n\nmuchas gracias, qué rápido.\n\nMaría\n\nEl mar, 3 mar 2026 a las 18:02, Jonás Berg escribió:\n> Hola, María:\n>\n> fue un gusto conoceros.\n>\n> {}\n>\n> Jonás\n",
};

pub(crate) const NOTE: &str = "Llamada con María + Tomás (jabonería), 4 de marzo\n\n- les gusta el segundo boceto\n- yo: maqueta para el lunes\n- {}\n- Tomás: fotos de la mezcladora\n";

pub(crate) const CLIENT: &str = "
    f | ¿Me puedes mandar un presupuesto antes del viernes? | Por favor, rehaz la etiqueta. | Nos gustaría un logo nuevo. | Necesitaría el primer borrador para el lunes. | ¿Podrías cambiar la foto de la página dos? | Necesitamos un formulario de pedido nuevo. | También tendrías que hablar con la imprenta por el papel. | No te olvides de mandar la factura. | El proveedor entregará los archivos en PDF. | Sería genial que arreglaras el formulario. | Queremos que dibujes tres etiquetas. | El banner debe ser más grande. | Te pido que revises el folleto. | Dime cuánto cuesta una etiqueta. | Hazme una factura proforma para la asociación. | Tu primera tarea sería ordenar las fotos. | Mándame el contrato esta semana.
    c | Mañana te mando el logo. | Las fotos las hago yo el fin de semana. | Nuestra imprenta te enviará la plantilla el viernes. | Tendrás los textos el lunes. | Mi ayudante Lena va a escanear los planos antiguos. | Piet medirá las estanterías el sábado. | Voy a preguntar a nuestro abogado. | De los textos me encargo yo, para el miércoles. | Los planos los aportará nuestro arquitecto. | Piet ha prometido buscar el plano antes del viernes. | El contrato firmado te llegará el viernes. | Yo te paso las fotos pasado mañana. | Las claves te llegan esta noche. | Nuestro informático Colin monta el servidor mañana. | Te debo la lista de precios, la tendrás el martes.
    ";

pub(crate) const FREELANCER: &str = "
    f | Te mando un primer boceto el viernes. | Tendrás el presupuesto el jueves. | Preparo un plan de pruebas para el lunes. | Recibirás el enlace el martes. | Mañana hago las pruebas y te escribo un informe. | Por mi parte, redacto el guion para el miércoles.
    c | ¿Me puedes mandar los textos en Word? | Necesitaría el logo. | Por favor, firma el presupuesto antes del martes. | ¿Podrías darme acceso al servidor? | De vuestra parte necesito la lista de precios. | Mándame las medidas para el lunes.
    ";

pub(crate) const NOTES: &str = "
    f | yo: pedir el papel | pedir el papel para el viernes (yo) | llamar a la imprenta mañana, yo | plano de las estanterías – yo, 3 h | revisar las fuentes, 1 h
    c | María: lista de productos | María manda el logo el viernes | logo vectorial (María, para el viernes) | logo vectorial, para el viernes – María | Tomás → medidas de la mezcladora | María + Tomás: elegir un boceto antes del jueves | precios: María, el miércoles | Tomás tiene que reservar la sala | María va a mirar lo del IVA antes del lunes
    ";
