// Which rights methods need. [shared/api/rpc-rights.tsv]
#include <algorithm>
#include <array>

#include "app/api/services/base/rights.hpp"

namespace ff::api {
namespace {

using namespace ttn::lorawan::v3;  // The table names many rights.

/// `path` empty: always; else when the mask has it, or what it is part of.
struct Row {
  std::string_view method;
  std::string_view path;
  Right right;
};

// clang-format off
constexpr std::array rows{
    Row{"NsEndDeviceRegistry/Get", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"NsEndDeviceRegistry/Get", "session.queued_application_downlinks", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"NsEndDeviceRegistry/Get", "pending_session.queued_application_downlinks", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"NsEndDeviceRegistry/Get", "queued_application_downlinks", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"NsEndDeviceRegistry/Get", "session.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "session.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "session.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "pending_session.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "pending_session.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "pending_session.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "mac_state.queued_join_accept.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "mac_state.queued_join_accept.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "mac_state.queued_join_accept.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    // As clear or wrapped as the other keys; the table of the reference forgets it.
    Row{"NsEndDeviceRegistry/Get", "mac_state.queued_join_accept.keys.app_s_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "mac_state.queued_join_accept.keys.app_s_key.encrypted_key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "pending_mac_state.queued_join_accept.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "pending_mac_state.queued_join_accept.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "pending_mac_state.queued_join_accept.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "pending_mac_state.queued_join_accept.keys.app_s_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Get", "pending_mac_state.queued_join_accept.keys.app_s_key.encrypted_key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Set", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsEndDeviceRegistry/Set", "session.keys.session_key_id", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "session.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "session.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "session.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_session.keys.session_key_id", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_session.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_session.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_session.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_mac_state.queued_join_accept.keys.session_key_id", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_mac_state.queued_join_accept.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_mac_state.queued_join_accept.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_mac_state.queued_join_accept.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_mac_state.queued_join_accept.keys.app_s_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_mac_state.queued_join_accept.keys.app_s_key.kek_label", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/Set", "pending_mac_state.queued_join_accept.keys.app_s_key.encrypted_key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "session.queued_application_downlinks", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "session.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "session.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "session.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "mac_state.queued_join_accept.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "mac_state.queued_join_accept.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "mac_state.queued_join_accept.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "mac_state.queued_join_accept.keys.app_s_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "mac_state.queued_join_accept.keys.app_s_key.encrypted_key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "pending_mac_state.queued_join_accept.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "pending_mac_state.queued_join_accept.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "pending_mac_state.queued_join_accept.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "pending_mac_state.queued_join_accept.keys.app_s_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "pending_mac_state.queued_join_accept.keys.app_s_key.encrypted_key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "pending_session.queued_application_downlinks", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "pending_session.keys.f_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "pending_session.keys.s_nwk_s_int_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/ResetFactoryDefaults", "pending_session.keys.nwk_s_enc_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"NsEndDeviceRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsEndDeviceBatchRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsMACSettingsProfileRegistry/Create", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsMACSettingsProfileRegistry/Get", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"NsMACSettingsProfileRegistry/Update", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsMACSettingsProfileRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsMACSettingsProfileRegistry/List", "", RIGHT_APPLICATION_DEVICES_READ},

    Row{"NsRelayConfigurationService/CreateRelay", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsRelayConfigurationService/GetRelay", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"NsRelayConfigurationService/UpdateRelay", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsRelayConfigurationService/DeleteRelay", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsRelayConfigurationService/CreateRelayUplinkForwardingRule", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsRelayConfigurationService/GetRelayUplinkForwardingRule", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"NsRelayConfigurationService/ListRelayUplinkForwardingRules", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"NsRelayConfigurationService/UpdateRelayUplinkForwardingRule", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"NsRelayConfigurationService/DeleteRelayUplinkForwardingRule", "", RIGHT_APPLICATION_DEVICES_WRITE},

    Row{"AsEndDeviceRegistry/Get", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"AsEndDeviceRegistry/Get", "session.keys.app_s_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"AsEndDeviceRegistry/Get", "pending_session.keys.app_s_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"AsEndDeviceRegistry/Set", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"AsEndDeviceRegistry/Set", "session.keys.app_s_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"AsEndDeviceRegistry/Set", "session.keys.session_key_id", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"AsEndDeviceRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"AsEndDeviceBatchRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE},

    Row{"JsEndDeviceRegistry/Get", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"JsEndDeviceRegistry/Get", "root_keys.app_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"JsEndDeviceRegistry/Get", "root_keys.nwk_key.key", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"JsEndDeviceRegistry/Set", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"JsEndDeviceRegistry/Set", "root_keys.app_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"JsEndDeviceRegistry/Set", "root_keys.nwk_key.key", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"JsEndDeviceRegistry/Set", "root_keys.root_key_id", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"JsEndDeviceRegistry/Provision", "", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"JsEndDeviceRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"JsEndDeviceBatchRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE},

    Row{"farfield.v1.GsStations/RunCommand", "", RIGHT_GATEWAY_WRITE_SECRETS},
    Row{"farfield.v1.GsStations/OpenShell", "", RIGHT_GATEWAY_WRITE_SECRETS},
    Row{"farfield.v1.NsEndDeviceControl/ForceRejoin", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"farfield.v1.NsEndDeviceControl/CloseSession", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"farfield.v1.NsEndDeviceInspection/GetDecisions", "", RIGHT_APPLICATION_DEVICES_READ},

    Row{"EndDeviceRegistry/Create", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"EndDeviceRegistry/Get", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"EndDeviceRegistry/List", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"EndDeviceRegistry/Update", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"EndDeviceRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE},

    Row{"ApplicationRegistry/Get", "", RIGHT_APPLICATION_INFO},
    Row{"ApplicationRegistry/Update", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"ApplicationRegistry/Delete", "", RIGHT_APPLICATION_DELETE},
    Row{"ApplicationAccess/CreateAPIKey", "", RIGHT_APPLICATION_SETTINGS_API_KEYS},
    Row{"ApplicationAccess/ListAPIKeys", "", RIGHT_APPLICATION_SETTINGS_API_KEYS},
    Row{"ApplicationAccess/GetAPIKey", "", RIGHT_APPLICATION_SETTINGS_API_KEYS},
    Row{"ApplicationAccess/UpdateAPIKey", "", RIGHT_APPLICATION_SETTINGS_API_KEYS},
    Row{"ApplicationAccess/DeleteAPIKey", "", RIGHT_APPLICATION_SETTINGS_API_KEYS},

    Row{"GatewayRegistry/Get", "", RIGHT_GATEWAY_INFO},
    Row{"GatewayRegistry/Get", "lbs_lns_secret", RIGHT_GATEWAY_READ_SECRETS},
    Row{"GatewayRegistry/Get", "claim_authentication_code", RIGHT_GATEWAY_READ_SECRETS},
    Row{"GatewayRegistry/Get", "target_cups_key", RIGHT_GATEWAY_READ_SECRETS},
    Row{"GatewayRegistry/Update", "", RIGHT_GATEWAY_SETTINGS_BASIC},
    Row{"GatewayRegistry/Update", "lbs_lns_secret", RIGHT_GATEWAY_WRITE_SECRETS},
    Row{"GatewayRegistry/Update", "claim_authentication_code", RIGHT_GATEWAY_WRITE_SECRETS},
    Row{"GatewayRegistry/Update", "target_cups_key", RIGHT_GATEWAY_WRITE_SECRETS},
    Row{"GatewayRegistry/Delete", "", RIGHT_GATEWAY_DELETE},
    Row{"GatewayAccess/CreateAPIKey", "", RIGHT_GATEWAY_SETTINGS_API_KEYS},
    Row{"GatewayAccess/ListAPIKeys", "", RIGHT_GATEWAY_SETTINGS_API_KEYS},
    Row{"GatewayAccess/GetAPIKey", "", RIGHT_GATEWAY_SETTINGS_API_KEYS},
    Row{"GatewayAccess/UpdateAPIKey", "", RIGHT_GATEWAY_SETTINGS_API_KEYS},
    Row{"GatewayAccess/DeleteAPIKey", "", RIGHT_GATEWAY_SETTINGS_API_KEYS},

    Row{"UserRegistry/Get", "", RIGHT_USER_INFO},
    Row{"UserRegistry/Update", "", RIGHT_USER_SETTINGS_BASIC},
    Row{"UserRegistry/Delete", "", RIGHT_USER_DELETE},
    Row{"UserRegistry/Restore", "", RIGHT_USER_DELETE},
    Row{"UserAccess/CreateAPIKey", "", RIGHT_USER_SETTINGS_API_KEYS},
    Row{"UserAccess/ListAPIKeys", "", RIGHT_USER_SETTINGS_API_KEYS},
    Row{"UserAccess/GetAPIKey", "", RIGHT_USER_SETTINGS_API_KEYS},
    Row{"UserAccess/UpdateAPIKey", "", RIGHT_USER_SETTINGS_API_KEYS},
    Row{"UserAccess/DeleteAPIKey", "", RIGHT_USER_SETTINGS_API_KEYS},
    Row{"UserSessionRegistry/List", "", RIGHT_USER_ALL},
    Row{"UserSessionRegistry/Delete", "", RIGHT_USER_ALL},
    Row{"OAuthAuthorizationRegistry/List", "", RIGHT_USER_AUTHORIZED_CLIENTS},
    Row{"OAuthAuthorizationRegistry/ListTokens", "", RIGHT_USER_AUTHORIZED_CLIENTS},
    Row{"OAuthAuthorizationRegistry/Delete", "", RIGHT_USER_AUTHORIZED_CLIENTS},
    Row{"OAuthAuthorizationRegistry/DeleteToken", "", RIGHT_USER_AUTHORIZED_CLIENTS},
    Row{"UserBookmarkRegistry/Create", "", RIGHT_USER_SETTINGS_BASIC},
    Row{"UserBookmarkRegistry/List", "", RIGHT_USER_INFO},
    Row{"UserBookmarkRegistry/Delete", "", RIGHT_USER_SETTINGS_BASIC},
    Row{"UserBookmarkRegistry/BatchDelete", "", RIGHT_USER_SETTINGS_BASIC},
    Row{"NotificationService/List", "", RIGHT_USER_NOTIFICATIONS_READ},
    Row{"NotificationService/UpdateStatus", "", RIGHT_USER_NOTIFICATIONS_READ},
    Row{"EmailValidationRegistry/RequestValidation", "", RIGHT_USER_SETTINGS_BASIC},

    Row{"OrganizationRegistry/Get", "", RIGHT_ORGANIZATION_INFO},
    Row{"OrganizationRegistry/Update", "", RIGHT_ORGANIZATION_SETTINGS_BASIC},
    Row{"OrganizationRegistry/Delete", "", RIGHT_ORGANIZATION_DELETE},
    Row{"OrganizationRegistry/Restore", "", RIGHT_ORGANIZATION_DELETE},
    Row{"ClientRegistry/Get", "", RIGHT_CLIENT_INFO},
    Row{"ClientRegistry/Update", "", RIGHT_CLIENT_SETTINGS_BASIC},
    Row{"ClientRegistry/Delete", "", RIGHT_CLIENT_DELETE},
    Row{"ClientRegistry/Restore", "", RIGHT_CLIENT_DELETE},
    Row{"OrganizationAccess/CreateAPIKey", "", RIGHT_ORGANIZATION_SETTINGS_API_KEYS},
    Row{"OrganizationAccess/ListAPIKeys", "", RIGHT_ORGANIZATION_SETTINGS_API_KEYS},
    Row{"OrganizationAccess/GetAPIKey", "", RIGHT_ORGANIZATION_SETTINGS_API_KEYS},
    Row{"OrganizationAccess/UpdateAPIKey", "", RIGHT_ORGANIZATION_SETTINGS_API_KEYS},
    Row{"OrganizationAccess/DeleteAPIKey", "", RIGHT_ORGANIZATION_SETTINGS_API_KEYS},
    Row{"OrganizationAccess/GetCollaborator", "", RIGHT_ORGANIZATION_SETTINGS_MEMBERS},
    Row{"OrganizationAccess/SetCollaborator", "", RIGHT_ORGANIZATION_SETTINGS_MEMBERS},
    Row{"OrganizationAccess/DeleteCollaborator", "", RIGHT_ORGANIZATION_SETTINGS_MEMBERS},
    Row{"ClientAccess/GetCollaborator", "", RIGHT_CLIENT_SETTINGS_COLLABORATORS},
    Row{"ClientAccess/SetCollaborator", "", RIGHT_CLIENT_SETTINGS_COLLABORATORS},
    Row{"ClientAccess/DeleteCollaborator", "", RIGHT_CLIENT_SETTINGS_COLLABORATORS},
    Row{"ApplicationAccess/GetCollaborator", "", RIGHT_APPLICATION_SETTINGS_COLLABORATORS},
    Row{"ApplicationAccess/SetCollaborator", "", RIGHT_APPLICATION_SETTINGS_COLLABORATORS},
    Row{"ApplicationAccess/DeleteCollaborator", "", RIGHT_APPLICATION_SETTINGS_COLLABORATORS},
    Row{"GatewayAccess/GetCollaborator", "", RIGHT_GATEWAY_SETTINGS_COLLABORATORS},
    Row{"GatewayAccess/SetCollaborator", "", RIGHT_GATEWAY_SETTINGS_COLLABORATORS},
    Row{"GatewayAccess/DeleteCollaborator", "", RIGHT_GATEWAY_SETTINGS_COLLABORATORS},
    Row{"ApplicationRegistry/Restore", "", RIGHT_APPLICATION_DELETE},
    Row{"ApplicationRegistry/IssueDevEUI", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"GatewayRegistry/Restore", "", RIGHT_GATEWAY_DELETE},
    Row{"GatewayBatchRegistry/Delete", "", RIGHT_GATEWAY_DELETE},
    Row{"EndDeviceRegistrySearch/SearchEndDevices", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"EndDeviceBatchRegistry/Get", "", RIGHT_APPLICATION_DEVICES_READ},
    Row{"EndDeviceBatchRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE},

    Row{"AppJs/GetAppSKey", "", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"ApplicationActivationSettingRegistry/Get", "", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"ApplicationActivationSettingRegistry/Set", "", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"ApplicationActivationSettingRegistry/Set", "", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"ApplicationActivationSettingRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_READ_KEYS},
    Row{"ApplicationActivationSettingRegistry/Delete", "", RIGHT_APPLICATION_DEVICES_WRITE_KEYS},
    Row{"AppAs/Subscribe", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"AppAs/SimulateUplink", "", RIGHT_APPLICATION_TRAFFIC_UP_WRITE},
    Row{"AppAs/DownlinkQueuePush", "", RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE},
    Row{"AppAs/DownlinkQueueReplace", "", RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE},
    Row{"AppAs/DownlinkQueueList", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"AppAs/GetMQTTConnectionInfo", "", RIGHT_APPLICATION_INFO},
    Row{"AppAs/EncodeDownlink", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"AppAs/DecodeUplink", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"AppAs/DecodeDownlink", "", RIGHT_APPLICATION_TRAFFIC_READ},

    Row{"As/GetLink", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"As/SetLink", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"As/DeleteLink", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"As/GetLinkStats", "", RIGHT_APPLICATION_SETTINGS_BASIC},

    Row{"ApplicationPackageRegistry/List", "", RIGHT_APPLICATION_SETTINGS_PACKAGES},
    Row{"ApplicationPackageRegistry/GetAssociation", "", RIGHT_APPLICATION_SETTINGS_PACKAGES},
    Row{"ApplicationPackageRegistry/ListAssociations", "", RIGHT_APPLICATION_SETTINGS_PACKAGES},
    Row{"ApplicationPackageRegistry/SetAssociation", "", RIGHT_APPLICATION_SETTINGS_PACKAGES},
    Row{"ApplicationPackageRegistry/DeleteAssociation", "", RIGHT_APPLICATION_SETTINGS_PACKAGES},
    Row{"ApplicationPackageRegistry/GetDefaultAssociation", "",
        RIGHT_APPLICATION_SETTINGS_PACKAGES},
    Row{"ApplicationPackageRegistry/ListDefaultAssociations", "",
        RIGHT_APPLICATION_SETTINGS_PACKAGES},
    Row{"ApplicationPackageRegistry/SetDefaultAssociation", "",
        RIGHT_APPLICATION_SETTINGS_PACKAGES},
    Row{"ApplicationPackageRegistry/DeleteDefaultAssociation", "",
        RIGHT_APPLICATION_SETTINGS_PACKAGES},

    Row{"ApplicationPubSubRegistry/Get", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"ApplicationPubSubRegistry/List", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"ApplicationPubSubRegistry/Set", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"ApplicationPubSubRegistry/Set", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"ApplicationPubSubRegistry/Set", "", RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE},
    Row{"ApplicationPubSubRegistry/Delete", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"ApplicationPubSubRegistry/Delete", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"ApplicationPubSubRegistry/Delete", "", RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE},
    Row{"ApplicationWebhookRegistry/Get", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"ApplicationWebhookRegistry/List", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"ApplicationWebhookRegistry/Set", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"ApplicationWebhookRegistry/Set", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"ApplicationWebhookRegistry/Set", "", RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE},
    Row{"ApplicationWebhookRegistry/Delete", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"ApplicationWebhookRegistry/Delete", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"ApplicationWebhookRegistry/Delete", "", RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE},
    Row{"ApplicationUpStorage/GetStoredApplicationUp", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"ApplicationUpStorage/GetStoredApplicationUpCount", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"farfield.v1.AsMessages/Subscribe", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"farfield.v1.EndDeviceImport/Import", "", RIGHT_APPLICATION_DEVICES_WRITE},
    Row{"farfield.v1.AsPubSubInspection/Get", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"farfield.v1.AsWebhookDelivery/Get", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"farfield.v1.AsWebhookDelivery/Replay", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"farfield.v1.AsWebhookDelivery/Replay", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"farfield.v1.AsWebhookDelivery/StartFrom", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"farfield.v1.AsWebhookDelivery/StartFrom", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"farfield.v1.AsWebhookDelivery/CancelReplay", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"farfield.v1.AsWebhookDelivery/ListDeadLetters", "", RIGHT_APPLICATION_TRAFFIC_READ},
    Row{"farfield.v1.AsWebhookDelivery/RedeliverDeadLetters", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"farfield.v1.AsWebhookDelivery/DiscardDeadLetters", "", RIGHT_APPLICATION_SETTINGS_BASIC},
    Row{"Gs/GetGatewayConnectionStats", "", RIGHT_GATEWAY_STATUS_READ},
    Row{"Gs/BatchGetGatewayConnectionStats", "", RIGHT_GATEWAY_STATUS_READ},
    Row{"GtwGs/LinkGateway", "", RIGHT_GATEWAY_LINK},
    Row{"GtwGs/GetConcentratorConfig", "", RIGHT_GATEWAY_LINK},
    Row{"GtwGs/GetMQTTConnectionInfo", "", RIGHT_GATEWAY_INFO},
    Row{"GtwGs/GetMQTTV2ConnectionInfo", "", RIGHT_GATEWAY_INFO},
};
// clang-format on

constexpr std::string_view package = "ttn.lorawan.v3.";

bool covers(std::string_view path, std::string_view field) {
  return field == path || (field.starts_with(path) && field[path.size()] == '.');
}

/// The field itself, what it is a part of, and each of its parts.
bool applies(const Row& row, std::span<const std::string> paths) {
  return row.path.empty() || std::ranges::any_of(paths, [&](const std::string& path) {
           return covers(path, row.path) || covers(row.path, path);
         });
}

}  // namespace

RightSet needed_rights(std::string_view method, std::span<const std::string> paths) {
  if (method.starts_with(package)) method.remove_prefix(package.size());
  RightSet rights;
  const auto of_method = [&](const Row& row) { return row.method == method; };
  // Whoever forgets a row must not open a door: nobody holds this right, not even with RIGHT_ALL.
  if (std::ranges::none_of(rows, of_method)) return {right_invalid};
  for (const auto& row : rows) {
    if (!of_method(row) || !applies(row, paths)) continue;
    if (std::ranges::find(rights, row.right) == rights.end()) rights.push_back(row.right);
  }
  return rights;
}

}  // namespace ff::api
