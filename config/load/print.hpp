// Shows a configuration: as YAML that can be loaded again, as environment, as a reference of all
// settings. Not logging; the texts are for standard output.
#pragma once

#include <string>

#include "config/load/load.hpp"

namespace ff::config {

/// Every setting with its effective value and a comment that says where it is from. Secrets appear
/// as `***`, so a file with secrets does not load again to the same values.
std::string to_yaml(const Loaded& loaded);
/// `FARFIELD_NS_NET_ID="000000"`, one a line; secrets as above.
std::string to_environment(const Loaded& loaded);
/// Name, default, what is allowed and help of every setting, for `--help`.
std::string reference_text();

}  // namespace ff::config
