// Brings defaults, files, environment and flags together into one Config that remembers where each
// value is from. Not how it is shown: see print.hpp.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/load/environment.hpp"
#include "config/load/setting.hpp"

namespace ff::config {

/// Everything a configuration is made of.
struct Sources {
  /// After the command's name, without the command's own flags. See flags.hpp.
  std::vector<std::string> arguments;
  Environment environment;
  /// The first of these that exists is read when no file is named.
  std::vector<std::filesystem::path> default_files;
};

struct Loaded {
  Config config;
  /// By the setting's name; every setting is there.
  std::map<std::string, Origin, std::less<>> origins;
  /// Arguments that are not settings: the components to start.
  std::vector<std::string> words;
  /// Not errors, and worth a line in the log.
  std::vector<std::string> warnings;
  /// Files that were read.
  std::vector<std::filesystem::path> files;
};

/// `farfield.yml` here, else `/etc/farfield/farfield.yml`.
std::vector<std::filesystem::path> default_config_files();

/// Flags win over environment, over files (the first named wins), over defaults. Reads the named
/// files; nothing else is touched. Errors name key, value, what is allowed and the place; several
/// are one `invalid_configuration`.
Result<Loaded> load(const Sources& sources);

/// Every setting's default.
Config default_config();

}  // namespace ff::config
