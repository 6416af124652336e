"""Tell from the words alone whether a caller's sentence is finished; knows nothing of time."""

import re


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DANGLING: dict[str, frozenset[str]] = {
    "en": _listed(
        """a an the my his her their our your this that these those some any no every and or but so
        because if when while where who which what in on at by to from of with without for into onto
        near next under over above behind between inside outside about around through is are was
        were be been am has have had can could will would should may might must do does did not i we
        he she they it's there's he's she's i'm we're they're there zone line valve tank door exit
        gate bay unit building level floor pump number reactor um uh er like very really just also
        then than as"""
    ),
    "es": _listed(
        """el la los las un una unos unas mi mis su sus este esta esto ese esa eso y e o u pero
        porque si cuando mientras donde que quien en a al de del con sin para por sobre bajo entre
        hasta desde hacia cerca junto es son está están estamos estoy hay ha han he hemos no se me
        le les nos muy más zona línea válvula tanque puerta salida nave edificio planta bomba número
        reactor eh este pues como tan"""
    ),
    "fr": _listed(
        """le la les l un une des du de d mon ma mes son sa ses notre nos leur leurs ce cet cette
        ces et ou mais parce car si quand pendant où qui que qu quoi dans en à au aux avec sans pour
        par sur sous entre vers chez près est sont suis sommes a ont ai avons il elle on nous ils
        elles je j c n ne pas très plus zone ligne vanne cuve porte sortie bâtiment étage pompe
        numéro réacteur euh ben comme y"""
    ),
    "de": _listed(
        """der die das den dem des ein eine einen einem einer eines mein meine meinen meinem sein
        seine seinen ihr ihre ihren unser unsere dieser diese dieses diesen und oder aber weil wenn
        während dass wo wer was in im ins an am auf aus bei beim mit ohne für zu zum zur von vom
        nach neben unter über vor hinter zwischen durch um ist sind war bin haben hat habe hatte
        kann können wird werden muss soll nicht kein keine ich wir er sie es hier da sehr ganz zone
        linie ventil tank tür tor ausgang halle gebäude ebene pumpe nummer reaktor äh ähm also
        als"""
    ),
}


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower())


def looks_unfinished(partial: str, language: str) -> bool:
    """Return whether the last words ask for more."""
    tail = partial.rstrip()
    if tail.endswith(("...", "…", ",", "-", "–", "—")):
        return True
    words = _words(tail)
    return bool(words) and words[-1].replace("’", "'") in _DANGLING.get(language, _DANGLING["en"])


def looks_complete(partial: str, language: str) -> bool:
    """Return whether the words can stand as a whole contribution."""
    return partial.rstrip().endswith((".", "!", "?"))
