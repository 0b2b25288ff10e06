//! Tables of French sentences.

use super::Frames;

pub(crate) const FRAMES: Frames = Frames {
    brief: "Bonjour Jonas,\n\nnous fabriquons des savons à Nantes, mon mari Piet et moi.\n\n{}\n\nBien à vous\nMaria",
    mail: "De : Maria Olsen\nÀ : Jonas Berg\nDate : mercredi 4 mars 2026 09:10\nObjet : RE: savons\n\nBonjour Jonas,\n\nmon mari Piet vous salue.\n\n{}\n\nMaria\n",
    reply: "De : Maria Olsen\nÀ : Jonas Berg\nDate : mercredi 4 mars 2026 09:10\nObjet : RE: savons\n\nBonjour Jonas,\n\nmerci beaucoup, c’était rapide.\n\nMaria\n\nLe 3 mars 2026 à 18:02, Jonas Berg a écrit :\n> Bonjour Maria,\n>\n> ravi de cette rencontre.\n>\n> {}\n>\n> Jonas\n",
};

pub(crate) const NOTE: &str = "Appel avec Maria + Tom (Savonnerie), 4 mars\n\n- deuxième piste appréciée\n- moi : maquette pour lundi\n- {}\n- Tom : photos du mélangeur\n";

pub(crate) const CLIENT: &str = "
    f | Pourriez-vous m'envoyer un devis d'ici vendredi ? | Merci de refaire l'étiquette. | Nous aimerions un nouveau logo. | Il me faudrait la première version pour lundi. | Tu peux remplacer la photo de la page deux ? | Nous avons besoin d'un nouveau bon de commande. | Il faudra aussi parler du papier avec l'imprimeur. | N'oublie pas d'envoyer la facture. | Le prestataire livrera les fichiers en PDF. | Ce serait super si tu pouvais corriger le formulaire. | On voudrait que tu dessines trois étiquettes. | La bannière doit être agrandie. | Je te demande de relire la brochure. | Dites-moi combien coûte une étiquette. | À toi de choisir le papier. | Votre première tâche sera de trier les photos. | Peux-tu faire une deuxième version pour jeudi ?
    c | Je t'envoie le logo demain. | Les photos, je les ferai moi-même ce week-end. | Notre imprimeur vous enverra le gabarit vendredi. | Vous aurez les textes lundi. | Mon assistante Lena va scanner les vieux plans. | Piet mesurera les étagères samedi. | Je vais demander à notre avocat. | Je m'occupe des textes pour mercredi. | Nous vous fournirons les textes en Word. | Les plans seront fournis par notre architecte. | Piet a promis de retrouver le plan avant vendredi. | Tu recevras le contrat signé vendredi. | Je te dois encore la liste des prix, tu l'auras mardi. | Les identifiants arrivent ce soir. | Notre informaticien Colin installe le serveur demain.
    ";

pub(crate) const FREELANCER: &str = "
    f | Je vous envoie une première esquisse vendredi. | Vous aurez le devis jeudi. | Je prépare un plan de test pour lundi. | Tu recevras le lien mardi. | Je lance les tests demain et je vous fais un rapport. | De mon côté, je rédige le cahier des charges pour mercredi.
    c | Pourriez-vous m'envoyer les textes en Word ? | J'aurais besoin du logo. | Merci de signer le devis d'ici mardi. | Il me faudrait vos mesures pour lundi. | Peux-tu me donner l'accès au serveur ? | De votre côté, il me faut la liste des prix.
    ";

pub(crate) const NOTES: &str = "
    f | moi : commander le papier | commander le papier pour vendredi (moi) | appeler l'imprimeur demain, moi | plan des étagères – moi, 3 h | vérifier les polices, 1 h
    c | Maria : liste des produits | Maria envoie le logo vendredi | logo vectoriel (Maria, pour vendredi) | logo vectoriel, pour vendredi – Maria | Tom → dimensions du mélangeur | Maria + Tom : choisir une piste d'ici jeudi | prix : Maria, mercredi | Tom doit réserver la salle | Maria va voir la question de la TVA d'ici lundi | horaires : à fournir par Maria, jeudi | Mme Perrin : obtenir l'accord du préfet, au plus tard le 18 mars
    ";
