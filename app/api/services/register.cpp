#include "app/api/services/register.hpp"

#include "app/api/services/audit_log.hpp"
#include "app/api/services/device_euis.hpp"
#include "app/api/services/device_import.hpp"
#include "app/api/services/up_messages.hpp"

namespace ff::api {

Services::Services(Front& front, const ServiceDeps& deps)
    : context_{front, Asker(deps.deadlines, deps.request_timeout), deps.rights, deps.now} {
  const auto add = [this](std::unique_ptr<grpc::Service> service) {
    services_.push_back(std::move(service));
  };
  if (deps.identity) {
    for (auto& service : make_identity_services(context_, *deps.identity, deps.make_random))
      add(std::move(service));
  }
  const auto publish = deps.hub ? deps.hub->publisher() : events::Publish();
  if (deps.network_servers) {
    add(make_ns_device_registry(context_, *deps.network_servers, deps.profiles));
    add(make_ns_device_control(context_, *deps.network_servers));
    add(make_ns_device_batches(context_, *deps.network_servers, publish));
    add(make_mac_settings_profiles(context_, deps.profiles));
  }
  if (deps.inspectable_network_servers)
    add(make_ns_device_inspection(context_, *deps.inspectable_network_servers));
  if (deps.application_servers) {
    const FormatterCalls calls(context_.asker, deps.formatters,
                               deps.repository.value_or(Repository()));
    add(make_as_device_registry(context_, *deps.application_servers, deps.script_size_max, calls));
    add(make_as_device_batches(context_, *deps.application_servers, publish));
    add(make_app_as(context_, *deps.application_servers,
                    {deps.ups, calls, deps.mqtt, deps.new_event_id}));
    add(make_up_messages(context_, deps.ups));
    add(make_formatter_vectors(context_, *deps.application_servers, deps.link_settings, calls));
    add(make_as(context_, {deps.link_settings, deps.packages.value_or(Packages())},
                {deps.webhook_health, deps.pubsub_providers, deps.script_size_max}, calls));
  }
  if (deps.identity && deps.network_servers && deps.application_servers && deps.join_servers) {
    const auto& asker = context_.asker;
    const FormatterCalls calls(asker, deps.formatters, deps.repository.value_or(Repository()));
    add(make_device_import(
        context_,
        {*deps.identity, NsDevices(asker, deps.now, *deps.network_servers, deps.profiles),
         AsDevices(asker, deps.now, *deps.application_servers, deps.script_size_max, calls),
         JsDevices(asker, *deps.join_servers),
         deps.audit ? std::make_shared<const CallAuditPorts>(CallAuditPorts{asker, *deps.audit, {}})
                    : nullptr}));
  }
  if (deps.webhooks) {
    add(make_webhook_registry(context_, *deps.webhooks, deps.webhook_templates));
    add(make_webhook_delivery(context_, *deps.webhooks));
  }
  if (deps.pubsubs) {
    add(make_pubsub_registry(context_, *deps.pubsubs, deps.pubsub_providers));
    add(make_pubsub_inspection(context_, *deps.pubsubs));
  }
  if (deps.packages) add(make_package_registry(context_, *deps.packages));
  if (deps.repository)
    add(make_device_repository(context_, *deps.repository, deps.assets_base_url));
  if (deps.storage) add(make_up_storage(context_, *deps.storage));
  if (deps.hub)
    add(make_events(context_,
                    {deps.hub, deps.event_store, deps.access_changes, deps.new_event_id}));
  if (deps.audit && deps.identity) add(make_audit_log(context_, *deps.identity, *deps.audit));
  if (deps.plans) add(make_configuration(context_, deps.plans));
  if (deps.network_servers && deps.plans)
    add(make_ns_relay(context_, *deps.network_servers, deps.plans));
  if (deps.network && deps.plans)
    add(make_ns(context_, {deps.network, deps.plans}, deps.make_random));
  if (deps.gateway_router) {
    add(make_gs(context_, *deps.gateway_router));
    add(make_gs_stations(context_, *deps.gateway_router));
  }
  if (deps.gateway_doors && deps.plans) add(make_gtw_gs(context_, *deps.gateway_doors, deps.plans));
  if (deps.join_server_doors) {
    for (auto& service : make_join_server_services(context_, *deps.join_server_doors))
      add(std::move(service));
  }
  if (deps.join_servers) {
    const DeviceEuis euis(context_.asker, deps.network_servers.value_or(NetworkServers()),
                          deps.identity);
    add(make_js_device_registry(context_, *deps.join_servers, euis));
    add(make_js_device_batches(context_, *deps.join_servers, euis, publish));
  }
}

std::vector<grpc::Service*> Services::all() const {
  std::vector<grpc::Service*> all;
  for (const auto& service : services_) all.push_back(service.get());
  return all;
}

}  // namespace ff::api
