// The client's configuration: defaults, files, environment and flags put together. [spec cli §1]
// Not credentials; see app/cli/account.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::cli {

inline constexpr ErrorDef invalid_option{"cli", "invalid_option", Code::invalid_argument,
                                         "{source}: `{option}` takes {allowed}"};
inline constexpr ErrorDef unreadable_config{"cli", "unreadable_config", Code::not_found,
                                            "can not read `{path}`"};

/// The components that a client talks to.
enum class Role : std::uint8_t {
  identity,
  gateway,
  network,
  application,
  join,
  template_converter,
  claiming,
  qr_codes,
  packet_broker
};
inline constexpr std::size_t role_count = 9;

struct Retry {
  std::uint32_t max = 0;
  Duration default_timeout = std::chrono::milliseconds{100};
  bool enable_metadata = true;
  double jitter = 0;  ///< 0 to 1.
};

struct Config {
  std::string log_level;
  std::string credentials_id;
  std::string input_format;
  std::string output_format;
  bool allow_unknown_hosts = false;
  std::string oauth_server_address;               ///< Without the port that its scheme implies.
  std::array<std::string, role_count> addresses;  ///< `host:port`.
  /// The address is a host alone, whose port the DNS may say; `addresses` has the usual one.
  std::array<bool, role_count> is_discovered{};
  std::array<bool, role_count> enabled{};
  bool insecure = false;
  std::string ca;
  bool dump_requests = false;
  Retry retry;

  const std::string& address(Role role) const { return addresses[static_cast<std::size_t>(role)]; }
  bool is_enabled(Role role) const { return enabled[static_cast<std::size_t>(role)]; }
};

/// Where configuration comes from. Everything outside the process is in here.
struct Sources {
  std::vector<std::filesystem::path> directories;  ///< With default files; the first wins.
  std::vector<std::filesystem::path> files;        ///< Instead of those; the first wins.
  std::vector<std::pair<std::string, std::string>> environment;
  std::map<std::string, std::string> flags;  ///< By option.
};

struct Loaded {
  Config config;
  std::map<std::string, std::string> texts;    ///< Of every option.
  std::map<std::string, std::string> origins;  ///< `default`, a file and line, a variable, a flag.
  std::vector<std::string> warnings;
};

/// Flags win over FARFIELD_CLI_ variables, over TTN_LW_ variables, over files, over defaults. In a
/// directory `.farfield-cli.yml` wins over `.ttn-lw-cli.yml`. Keys that are not ours are warnings,
/// because a file may be another client's, too. Errors: invalid_option, unreadable_config (of a
/// file that was named), config:malformed_file.
Result<Loaded> load_config(const Sources& sources);

enum class ConfigForm { flags, environment, yaml };
/// Every option with its effective value. [spec cli §1]
std::string config_text(const Loaded& loaded, ConfigForm form);

/// `example.com` of `https://example.com:443/oauth`, `example.com:8884`, `[::1]:8884`.
std::string host_of(std::string_view address);
/// All hosts that this configuration talks to, sorted, each once.
std::vector<std::string> hosts_of(const Config& config);

}  // namespace ff::cli
