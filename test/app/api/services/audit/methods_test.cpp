#include "app/api/services/audit/methods.hpp"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "app/api/services.hpp"

namespace ff::api {
namespace {

/// How names of methods begin that change nothing, or move messages of applications and devices.
constexpr std::array reading = std::to_array<std::string_view>(
    {"AssertRights",   "AuthInfo",      "BatchGet",  "Convert",  "Decode",
     "Derive",         "DownlinkQueue", "Encode",    "Encrypt",  "Export",
     "Find",           "Format",        "Generate",  "Get",      "Handle",
     "Join",           "Lookup",        "Link",      "List",     "Parse",
     "Publish",        "ReportTx",      "Run",       "Schedule", "Search",
     "SimulateUplink", "Stream",        "Subscribe", "Transfer", "Verify",
     "NsUplink",       "UpdateStatus",  "Unwrap"});

TEST(AuditMethods, EveryMethodOfTheApiIsAChangeOrIsKnownToBeNone) {
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  std::vector<std::string> unclear;
  std::size_t changes = 0;
  std::size_t methods = 0;
  for (const auto service_name : service_names()) {
    const auto* service = pool.FindServiceByName(std::string(service_name));
    if (service == nullptr) continue;
    for (int i = 0; i < service->method_count(); ++i) {
      const auto& name = service->method(i)->name();
      const auto method = std::string(service_name) + "/" + name;
      ++methods;
      const bool reads =
          std::ranges::any_of(reading, [&](auto start) { return name.starts_with(start); });
      if (is_change(method)) ++changes;
      if (is_change(method) == reads) unclear.push_back(method);
    }
  }
  std::ranges::sort(unclear);
  EXPECT_EQ(unclear,
            (std::vector<std::string>{"farfield.v1.GsStations/RunCommand",
                                      "ttn.lorawan.v3.EndDeviceRegistry/BatchUpdateLastSeen",
                                      "ttn.lorawan.v3.NotificationService/Create"}))
      << "is it a change? methods.cpp or this test has to say so";
  EXPECT_GT(changes, 100U);
  EXPECT_GT(methods, 250U);
}

TEST(AuditMethods, RowsThatMatterMost) {
  struct Row {
    std::string_view method;
    bool is_change;
  };
  const Row rows[] = {
      {"ttn.lorawan.v3.ApplicationAccess/SetCollaborator", true},
      {"ttn.lorawan.v3.ApplicationRegistry/IssueDevEUI", true},
      {"ttn.lorawan.v3.ApplicationWebhookRegistry/Set", true},
      {"ttn.lorawan.v3.EndDeviceBatchRegistry/Delete", true},
      {"ttn.lorawan.v3.GatewayAccess/CreateAPIKey", true},
      {"ttn.lorawan.v3.NsEndDeviceRegistry/ResetFactoryDefaults", true},
      {"ttn.lorawan.v3.UserAccess/CreateLoginToken", true},
      {"ttn.lorawan.v3.UserRegistry/UpdatePassword", true},
      {"farfield.v1.NsEndDeviceControl/CloseSession", true},
      {"farfield.v1.GsStations/OpenShell", true},
      {"farfield.v1.AsFormatterVectors/Set", true},
      {"farfield.v1.AsFormatterVectors/Run", false},
      {"farfield.v1.AuditLog/Search", false},
      {"farfield.v1.AuditLog/Verify", false},
      {"ttn.lorawan.v3.AppAs/DownlinkQueuePush", false},
      {"ttn.lorawan.v3.AppAs/Subscribe", false},
      {"ttn.lorawan.v3.EntityAccess/AuthInfo", false},
      {"ttn.lorawan.v3.GatewayRegistry/List", false},
      {"ttn.lorawan.v3.NsJs/HandleJoin", false},
      {"ttn.lorawan.v3.NotificationService/UpdateStatus", false},
  };
  for (const auto& row : rows) EXPECT_EQ(is_change(row.method), row.is_change) << row.method;
}

}  // namespace
}  // namespace ff::api
