"""Which of our languages somebody writes in, by the small words that only one of them has. Pure."""

import re
import unicodedata
from collections import Counter

# Words that Portuguese and Spanish share ("para", "por favor", "horário", "dia") tell nothing and are left out, as are
# the English ones that Brazilians use ("ok", "show", "please", "thanks").
_PORTUGUESE = """
oi ola bom boa estou atrasado atrasada chego avisa
manha noite voce vc voces vcs nao sim quero queria gostaria preciso posso pode
podia tem tenho um uma ao aos da das dos na nas nos com em pra pras pro eu meu minha seu sua ela ele
isso esse essa hj hoje amanha segunda terca quarta quinta sexta marcar desmarcar
remarcar obrigado obrigada obg tudo bem qual quais quando quanto onde atendimento tambem
depois mais mas ate ou
"""
_ENGLISH = """
hi hello hey the i you does have has is are am was can could would like want need my your we
it this that what when where how much many which who on at with and or of in any there tomorrow
today tonight monday tuesday wednesday thursday friday saturday sunday morning afternoon evening
book booking appointment cancel reschedule available availability yes not don't i'd i'm price cost
later earlier good
"""
_SPANISH = """
¿ ¡ hola buen buenos buenas perdon disculpa disculpe usted ustedes quiero quisiera querria necesito
puedo puede tiene tienen tengo hay
un una el los las al del con en yo mi su y es eso hoy manana lunes martes miercoles jueves viernes
noches tardes turno turnos cita citas reservar gracias bien cual cuales cuando cuanto cuesta donde
tambien despues pero muy hasta precio precios tienes puedes podria gustaria estoy soy eres llamo llego otro otra
"""
_TOLD = {"pt-br": frozenset(_PORTUGUESE.split()), "en": frozenset(_ENGLISH.split()), "es": frozenset(_SPANISH.split())}


def read(text: str, *, spoken: str = "") -> str | None:
    """Return "pt-br", "en" or "es", or None when the text does not tell.

    One telling word is enough at the beginning; to leave the language `spoken` so far takes two more than that has.
    """
    words = _plain(text)
    found = Counter({language: len(words & told) for language, told in _TOLD.items()})
    (best, most), (_second, next_most) = found.most_common(2)
    if most == next_most:
        return None
    if spoken in found and best != spoken and most < found[spoken] + 2:
        return None
    return best


def _plain(text: str) -> frozenset[str]:
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return frozenset(re.findall(r"[a-z']+|[¿¡]", bare))
