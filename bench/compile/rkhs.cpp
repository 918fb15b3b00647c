// Included and not used: what is paid for by whoever only looks.
#include <simulacra/rkhs.hpp>
