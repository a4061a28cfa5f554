"""England's register codes as data, in our words. A code that is not here is an error, never a silent "present"."""

from .pack import RegisterCode, SessionKind

_ATTENDED: SessionKind = "attended"
_AUTHORISED: SessionKind = "authorised"
_UNAUTHORISED: SessionKind = "unauthorised"
_NOT_POSSIBLE: SessionKind = "not_possible"

REGISTER_CODES: tuple[RegisterCode, ...] = (
    RegisterCode("/", "In school, morning", _ATTENDED),
    RegisterCode("\\", "In school, afternoon", _ATTENDED),
    RegisterCode("L", "Late, while the register was still open", _ATTENDED, "late"),
    RegisterCode("K", "At education the local authority arranged", _ATTENDED),
    RegisterCode("V", "On an educational visit", _ATTENDED),
    RegisterCode("P", "At a sporting activity", _ATTENDED),
    RegisterCode("W", "On work experience", _ATTENDED),
    RegisterCode("B", "At another approved activity off site", _ATTENDED),
    RegisterCode("C", "Leave in exceptional circumstances", _AUTHORISED),
    RegisterCode("C1", "Leave to perform or to work abroad under licence", _AUTHORISED),
    RegisterCode("C2", "Leave under a part-time timetable", _AUTHORISED, "part_time"),
    RegisterCode("M", "Medical or dental appointment", _AUTHORISED),
    RegisterCode("J1", "Interview for a job or a place elsewhere", _AUTHORISED),
    RegisterCode("S", "Study leave before a public examination", _AUTHORISED),
    RegisterCode("T", "Travelling with a parent who must travel for work", _AUTHORISED),
    RegisterCode("R", "Religious observance", _AUTHORISED),
    RegisterCode("I", "Ill", _AUTHORISED, "illness"),
    RegisterCode("E", "Suspended or excluded, nothing else arranged", _AUTHORISED),
    RegisterCode("G", "Holiday the school did not grant", _UNAUTHORISED),
    RegisterCode("N", "Reason not known yet", _UNAUTHORISED),
    RegisterCode("O", "Absent without a reason the school accepts", _UNAUTHORISED),
    RegisterCode("U", "Arrived after the register closed", _UNAUTHORISED, "late"),
    RegisterCode("D", "Registered at two schools, due at the other", _NOT_POSSIBLE),
    RegisterCode("X", "Under or over compulsory age, not due in", _NOT_POSSIBLE),
    RegisterCode("Q", "Kept out by missing access arrangements", _NOT_POSSIBLE),
    RegisterCode("Y1", "The usual transport did not run", _NOT_POSSIBLE),
    RegisterCode("Y2", "Travel widely disrupted", _NOT_POSSIBLE),
    RegisterCode("Y3", "Part of the site closed", _NOT_POSSIBLE),
    RegisterCode("Y4", "Whole site closed without warning", _NOT_POSSIBLE),
    RegisterCode("Y5", "In custody", _NOT_POSSIBLE),
    RegisterCode("Y6", "Kept home by public health guidance or law", _NOT_POSSIBLE),
    RegisterCode("Y7", "Kept away by something else unavoidable", _NOT_POSSIBLE),
    RegisterCode("Z", "Not on the admission register yet", _NOT_POSSIBLE),
    RegisterCode("#", "Planned closure of the whole school", _NOT_POSSIBLE),
)
