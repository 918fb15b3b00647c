// A user may open all three namespaces. No header may break by it, and each of our names must still mean one thing.
#include "outside.inc"

namespace simulacra {}
using namespace std;
using namespace Eigen;
using namespace simulacra;

#include "everything.inc"

namespace one_meaning_each {
#include "names.inc"
}
