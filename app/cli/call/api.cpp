#include "app/cli/call/api.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ff::cli {
namespace {

/// Services that are not the identity server's.
constexpr std::array<std::pair<std::string_view, Role>, 35> services = {{
    {"AppAs", Role::application},
    {"AppJs", Role::join},
    {"ApplicationActivationSettingRegistry", Role::join},
    {"ApplicationPackageRegistry", Role::application},
    {"ApplicationPubSubRegistry", Role::application},
    {"ApplicationUpStorage", Role::application},
    {"ApplicationWebhookRegistry", Role::application},
    {"As", Role::application},
    {"AsEndDeviceBatchRegistry", Role::application},
    {"AsEndDeviceRegistry", Role::application},
    {"AsFormatterVectors", Role::application},
    {"AsPubSubInspection", Role::application},
    {"AsWebhookDelivery", Role::application},
    {"Configuration", Role::gateway},
    {"EndDeviceBatchClaimingServer", Role::claiming},
    {"EndDeviceClaimingServer", Role::claiming},
    {"EndDeviceQRCodeGenerator", Role::qr_codes},
    {"EndDeviceTemplateConverter", Role::template_converter},
    {"GatewayClaimingServer", Role::claiming},
    {"Gs", Role::gateway},
    {"GsStations", Role::gateway},
    {"GtwGs", Role::gateway},
    {"Js", Role::join},
    {"JsEndDeviceBatchRegistry", Role::join},
    {"JsEndDeviceRegistry", Role::join},
    {"Ns", Role::network},
    {"NsEndDeviceBatchRegistry", Role::network},
    {"NsEndDeviceControl", Role::network},
    {"NsEndDeviceInspection", Role::network},
    {"NsEndDeviceRegistry", Role::network},
    {"NsMACSettingsProfileRegistry", Role::network},
    {"NsRelayConfigurationService", Role::network},
    {"Pba", Role::packet_broker},
    {"DeviceRepository", Role::identity},
    {"GsPba", Role::packet_broker},
}};

}  // namespace

Role role_of(std::string_view method) {
  auto service = method.substr(0, method.find('/'));
  if (const auto dot = service.rfind('.'); dot != std::string_view::npos)
    service.remove_prefix(dot + 1);
  const auto found =
      std::ranges::find(services, service, &std::pair<std::string_view, Role>::first);
  return found == services.end() ? Role::identity : found->second;
}

std::string_view name_of(Role role) {
  static constexpr std::array<std::string_view, role_count> names = {
      "identity server",        "gateway server",    "network server",
      "application server",     "join server",       "device template converter",
      "device claiming server", "QR code generator", "Packet Broker agent"};
  return names[static_cast<std::size_t>(role)];
}

}  // namespace ff::cli
