// `use`: a configuration file for a host. [spec cli §2]
#pragma once

#include <string>

#include "app/cli/command/command.hpp"
#include "protocol/base/result.hpp"

namespace ff::cli {

inline constexpr ErrorDef no_host{"cli", "no_host", Code::invalid_argument, "no host was given"};
inline constexpr ErrorDef invalid_hostname{"cli", "invalid_hostname", Code::invalid_argument,
                                           "`{host}` is no host name"};
inline constexpr ErrorDef missing_tenant_id{"cli", "missing_tenant_id", Code::invalid_argument,
                                            "`{host}` needs the tenant's ID in front of it"};
inline constexpr ErrorDef file_exists{"cli", "file_exists", Code::already_exists,
                                      "`{path}` is there already; use --overwrite"};
inline constexpr ErrorDef fail_write{"cli", "fail_write", Code::internal, "can not write `{path}`"};

struct UseOptions {
  std::string host;
  bool insecure = false;
  std::string oauth_server_address;  ///< Empty: that of the host.
  std::uint16_t grpc_port = 0;       ///< 0: 8884, or 1884 without TLS.
  std::string ca;                    ///< Of the file; empty: none.
};

/// The file's text. Errors: no_host, invalid_hostname, missing_tenant_id.
Result<std::string> configuration_of_host(const UseOptions& options);

void add_use_command(Command& root);

}  // namespace ff::cli
