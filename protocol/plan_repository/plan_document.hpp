// One plan file of the reference's form in ours.
#pragma once

#include <boost/json/object.hpp>

#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::plan_repository {

/// What our plans have under `plan`, and `band_id` where the file names a band. Values of a wrong
/// kind are passed on as they are: the reader of our form refuses them, and names the key. Error:
/// the text is no YAML, or no map.
struct PlanDocument {
  std::string band_id;
  boost::json::object content;
};
Result<PlanDocument> read_plan_document(std::string_view text);

}  // namespace ff::plan_repository
