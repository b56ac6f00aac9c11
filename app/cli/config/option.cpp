#include "app/cli/config/option.hpp"

#include <algorithm>
#include <array>

namespace ff::cli {
namespace {

using enum OptionKind;

constexpr std::array all = {
    Option{"log.format", text, "console", "format of logs on standard error: console, json"},
    Option{"log.level", text, "info", "debug, info, warn or error"},
    Option{"credentials-id", text, "", "named slot of the cache of credentials"},
    Option{"input-format", text, "json", "how standard input is decoded: json, hex, base64"},
    Option{"output-format", text, "json", "json, table, or a template such as {{.ids.device_id}}"},
    Option{"allow-unknown-hosts", boolean, "false", "use hosts that were not there at login"},
    Option{"oauth-server-address", text, "https://localhost/oauth", "OAuth server"},
    Option{"identity-server-grpc-address", text, "localhost:8884", "Identity Server"},
    Option{"gateway-server-grpc-address", text, "localhost:8884", "Gateway Server"},
    Option{"network-server-grpc-address", text, "localhost:8884", "Network Server"},
    Option{"application-server-grpc-address", text, "localhost:8884", "Application Server"},
    Option{"join-server-grpc-address", text, "localhost:8884", "Join Server"},
    Option{"device-template-converter-grpc-address", text, "localhost:8884",
           "Device Template Converter"},
    Option{"device-claiming-server-grpc-address", text, "localhost:8884", "Device Claiming Server"},
    Option{"qr-code-generator-grpc-address", text, "localhost:8884", "QR Code Generator"},
    Option{"packet-broker-agent-grpc-address", text, "localhost:8884", "Packet Broker Agent"},
    Option{"gateway-server-enabled", boolean, "true", "there is a Gateway Server"},
    Option{"network-server-enabled", boolean, "true", "there is a Network Server"},
    Option{"application-server-enabled", boolean, "true", "there is an Application Server"},
    Option{"join-server-enabled", boolean, "true", "there is a Join Server"},
    Option{"insecure", boolean, "false", "without TLS; credentials are sent in clear"},
    Option{"ca", text, "", "PEM file of authorities to trust beside the system's"},
    Option{"dump-requests", boolean, "false", "log each request as JSON (with log.level=debug)"},
    Option{"skip-version-check", boolean, "false", "accepted; versions are not checked"},
    Option{"retry.max", count, "0", "attempts after one that was refused or not answered"},
    Option{"retry.default-timeout", duration, "100ms", "wait before another attempt"},
    Option{"retry.enable-metadata", boolean, "true", "wait as long as the server says"},
    Option{"retry.jitter", fraction, "0", "random part of the wait, 0 to 1"},
    Option{"telemetry.enable", boolean, "true", "accepted; nothing is reported"},
    Option{"telemetry.target", text, "", "accepted; nothing is reported"},
    Option{"experimental.features", list, "", "accepted; there are none"},
};

}  // namespace

std::span<const Option> options() {
  return all;
}

const Option* find_option(std::string_view name) {
  const auto found = std::ranges::find(all, name, &Option::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace ff::cli
