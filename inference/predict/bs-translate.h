/* bs-translate.h: marks text for translation. The engine translates nothing: whoever shows the text looks it up with _(). */
#pragma once

#define N_(text) (text)
