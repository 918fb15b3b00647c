// The second of two translation units; see together.cpp.
#include "outside.inc"
#include "hostile.inc"
#include "everything.inc"

int second_translation_unit();
int second_translation_unit() { return 0; }
