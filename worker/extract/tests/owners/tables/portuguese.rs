//! Tables of Portuguese sentences.

use super::Frames;

pub(crate) const FRAMES: Frames = Frames {
    brief: "Oi, Jonas!\n\nfazemos sabonete em Curitiba, meu marido Piet e eu.\n\n{}\n\nUm abraço\nMaria",
    mail: "De: Maria Olsen\nPara: Jonas Berg\nData: quarta-feira, 4 de março de 2026 09:10\nAssunto: RE: sabonete\n\nOi, Jonas,\n\nmeu marido Piet manda um abraço.\n\n{}\n\nMaria\n",
    reply: "De: Maria Olsen\nPara: Jonas Berg\nData: quarta-feira, 4 de março de 2026 09:10\nAssunto: RE: sabonete\n\nOi, Jonas,\n\nmuito obrigada, foi rápido.\n\nMaria\n\nEm ter., 3 de mar. de 2026 às 18:02, Jonas Berg escreveu:\n> Oi, Maria,\n>\n> foi um prazer conhecer vocês.\n>\n> {}\n>\n> Jonas\n",
};

pub(crate) const NOTE: &str = "Chamada com Maria + Tomás (saboaria), 4 de março\n\n- gostaram do segundo esboço\n- eu: layout até segunda\n- {}\n- Tomás: fotos do misturador\n";

pub(crate) const CLIENT: &str = "
    f | Você pode me mandar um orçamento até sexta? | Por favor, refaça o rótulo. | A gente queria um logo novo. | Preciso da primeira versão até segunda. | Dá pra trocar a foto da página dois? | Precisamos de um formulário de pedido novo. | Você também teria que falar com a gráfica sobre o papel. | Não esquece de mandar a nota fiscal. | O prestador deve entregar os arquivos em PDF. | Seria ótimo se você arrumasse o formulário. | Queremos que você desenhe três rótulos. | O banner deve ser maior. | Me diz quanto custa um rótulo. | Me manda o contrato esta semana. | Consegue fazer uma segunda versão até quinta?
    c | Te mando o logo amanhã. | As fotos eu mesma faço no fim de semana. | Nossa gráfica te envia o gabarito até sexta. | Você recebe os textos na segunda. | Minha assistente Lena vai escanear as plantas antigas. | O Piet mede as prateleiras no sábado. | Vou perguntar ao nosso advogado. | Dos textos cuido eu, até quarta. | As plantas são com o nosso arquiteto, ele te passa até quinta. | O Piet prometeu procurar a planta até sexta. | O contrato assinado chega pra você na sexta. | A Vanessa do marketing te envia as senhas hoje ainda. | Nosso técnico Colin monta o servidor amanhã. | Fico te devendo a lista de preços, você recebe na terça.
    ";

pub(crate) const FREELANCER: &str = "
    f | Te mando um primeiro esboço na sexta. | Você recebe o orçamento na quinta. | Preparo um plano de testes até segunda. | Amanhã faço os testes e te escrevo um relatório. | Vou importar os produtos esta semana.
    c | Pode me mandar os textos em Word? | Preciso do logo. | Por favor, assine o orçamento até terça. | Consegue me dar acesso ao servidor? | De vocês preciso da lista de preços. | Me manda as medidas até segunda.
    ";

pub(crate) const NOTES: &str = "
    f | eu: pedir o papel | pedir o papel até sexta (eu) | ligar pra gráfica amanhã, eu | planta das prateleiras – eu, 3 h | conferir as fontes, 1 h
    c | Maria: lista de produtos | Maria manda o logo até sexta | logo vetorial (Maria, até sexta) | logo vetorial, até sexta – Maria | Tomás → medidas do misturador | Maria + Tomás: escolher um esboço até quinta | preços: Maria, quarta | Tomás tem que reservar a sala | Maria vai ver a questão do imposto até segunda
    ";
