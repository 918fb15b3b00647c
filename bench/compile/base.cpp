// The yardstick: what a user of Eigen and one Boost distribution pays anyway.
#include <Eigen/Dense>
#include <boost/random/normal_distribution.hpp>
