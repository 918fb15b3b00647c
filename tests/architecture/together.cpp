// All headers, in the first of two translation units that are linked into one program: a function that is neither a
// template nor inline, or a variable that is not inline, would be defined twice.
#include "everything.inc"
#include "hostile.inc"
#include "outside.inc"

int second_translation_unit();

int main() { return second_translation_unit(); }
