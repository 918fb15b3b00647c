// The second of two translation units; see together.cpp.
#include "everything.inc"
#include "hostile.inc"
#include "outside.inc"

int second_translation_unit();
int second_translation_unit() { return 0; }
