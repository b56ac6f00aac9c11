// Credentials: what a login leaves for later commands, in a file that its owner alone can read.
// [spec cli §2] Not how they are gained; see login.hpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::cli {

inline constexpr ErrorDef unwritable_cache{"cli", "fail_write", Code::internal,
                                           "can not write `{path}`: {reason}"};

struct OAuthToken {
  std::string access_token;
  std::string refresh_token;
  std::string token_type;
  std::optional<UtcTime> expiry;  ///< Nothing: it does not expire.
  bool operator==(const OAuthToken&) const = default;
};

struct Credentials {
  std::string api_key;
  std::optional<OAuthToken> token;
  std::vector<std::string> hosts;  ///< That the configuration named at login.

  /// What calls are made with; empty if there is none. An API key comes first.
  const std::string& bearer() const;
  bool operator==(const Credentials&) const = default;
};

/// The file's slots: one without a name, and one for each credentials-id. What of the file is not
/// ours is kept.
class CredentialsFile {
 public:
  explicit CredentialsFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// Empty credentials when there is no file, or one that can not be read as such.
  Credentials read(const std::string& id) const;
  /// Replaces the slot; folder 0700, file 0600, replaced as a whole. Error: unwritable_cache.
  Status write(const std::string& id, const Credentials& credentials) const;

 private:
  std::filesystem::path path_;
};

}  // namespace ff::cli
