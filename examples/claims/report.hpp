#pragma once

#include <string>
#include <vector>

#include "claim.hpp"
#include "common/figure.hpp"

/// What is written about the claims that were tried.
namespace claims {

/// The claims of one group of authors: the paper, and what is held against it.
struct paper {
  std::string reference;
  claim_list of;
};

struct tried {
  std::string name;
  const paper* by;
  finding result;
};

/// As `printf` writes it.
std::string number(double x, const char* format = "%.6g");

/// "holds", "false as it stands", or what is wrong.
std::string verdict(const finding& f);

/// One line for a terminal, and its heading.
std::string heading();
std::string line(const tried& t);

/// A page with a table for each paper.
std::string page(const std::vector<tried>& all, const std::string& command);

/// A list of JSON objects.
std::string json(const std::vector<tried>& all);

/// The numbers as a tidy table (z is as everywhere mean - theory over mcse), and z of claims and controls side by side as a picture.
sim::table table_of(const std::vector<tried>& all);
example::figure picture(const std::vector<tried>& all, const sim::table& numbers);

}  // namespace claims
