// The series of calls and events, with the reference's names and labels.
#include <gtest/gtest.h>

#include "app/server/process/call_metrics.hpp"
#include "app/server/process/event_metrics.hpp"
#include "app/server/process/http_server_metrics.hpp"

namespace ff::app {
namespace {

class MetricsTest : public testing::Test {
 protected:
  bool has(const std::string& line) const {
    return metrics.text().find(line + "\n") != std::string::npos;
  }
  actors::Metrics metrics;
};

TEST_F(MetricsTest, CallsHaveTheReferencesLabels) {
  CallMetrics calls(metrics);
  EXPECT_EQ(metrics.text().find("grpc_server"), std::string::npos) << "no call, no series";
  const std::string get = "ttn.lorawan.v3.GatewayRegistry/Get";
  calls.started(get);
  calls.started(get);
  calls.received(get);
  calls.sent(get);
  calls.handled(get, grpc::StatusCode::OK);
  calls.handled(get, grpc::StatusCode::PERMISSION_DENIED);
  calls.started("ttn.lorawan.v3.Events/Stream");
  calls.started("ttn.lorawan.v3.GtwGs/LinkGateway");
  const std::string labels =
      R"(grpc_method="Get",grpc_service="ttn.lorawan.v3.GatewayRegistry",grpc_type="unary"} )";
  EXPECT_TRUE(has("grpc_server_started_total{" + labels + "2")) << metrics.text();
  EXPECT_TRUE(has("grpc_server_msg_received_total{" + labels + "1"));
  EXPECT_TRUE(has("grpc_server_msg_sent_total{" + labels + "1"));
  EXPECT_TRUE(has(R"(grpc_server_handled_total{grpc_code="OK",)" + labels + "1"));
  EXPECT_TRUE(has(R"(grpc_server_handled_total{grpc_code="PermissionDenied",)" + labels + "1"));
  EXPECT_NE(
      metrics.text().find(
          R"(grpc_method="Stream",grpc_service="ttn.lorawan.v3.Events",grpc_type="server_stream")"),
      std::string::npos);
  EXPECT_NE(metrics.text().find(R"(grpc_type="bidi_stream")"), std::string::npos);
}

TEST_F(MetricsTest, WhatNobodyHasIsOneSeriesHoweverItIsCalled) {
  CallMetrics calls(metrics);
  for (const auto* method : {"", "a/b", "ttn.lorawan.v3.GatewayRegistry/Explode"}) {
    calls.started(method);
    calls.handled(method, grpc::StatusCode::UNIMPLEMENTED);
  }
  const std::string labels = R"(grpc_method="unknown",grpc_service="unknown",grpc_type="unary"} )";
  EXPECT_TRUE(has("grpc_server_started_total{" + labels + "3")) << metrics.text();
  EXPECT_TRUE(has(R"(grpc_server_handled_total{grpc_code="Unimplemented",)" + labels + "3"));
}

TEST_F(MetricsTest, EveryCodeHasItsName) {
  CallMetrics calls(metrics);
  struct Row {
    grpc::StatusCode code;
    const char* name;
  };
  const Row rows[] = {{grpc::StatusCode::CANCELLED, "Canceled"},
                      {grpc::StatusCode::INVALID_ARGUMENT, "InvalidArgument"},
                      {grpc::StatusCode::NOT_FOUND, "NotFound"},
                      {grpc::StatusCode::RESOURCE_EXHAUSTED, "ResourceExhausted"},
                      {grpc::StatusCode::FAILED_PRECONDITION, "FailedPrecondition"},
                      {grpc::StatusCode::UNAVAILABLE, "Unavailable"},
                      {grpc::StatusCode::UNAUTHENTICATED, "Unauthenticated"},
                      {static_cast<grpc::StatusCode>(99), "Unknown"}};
  for (const auto& row : rows) {
    calls.handled("ttn.lorawan.v3.Is/GetConfiguration", row.code);
    EXPECT_NE(metrics.text().find("grpc_code=\"" + std::string(row.name) + "\""), std::string::npos)
        << row.name;
  }
}

TEST_F(MetricsTest, EventsAreCountedByTheirNames) {
  EventMetrics events(metrics);
  for (int i = 0; i < 3; ++i) events.published.count("ns.up.data.receive");
  events.published.count("gateway.create");
  events.dropped.count("ns.up.data.receive");
  EXPECT_TRUE(has(R"(ttn_lw_events_publishes_total{name="ns.up.data.receive"} 3)"))
      << metrics.text();
  EXPECT_TRUE(has(R"(ttn_lw_events_publishes_total{name="gateway.create"} 1)"));
  EXPECT_TRUE(has(R"(ttn_lw_events_channel_dropped_total{name="ns.up.data.receive"} 1)"));
}

TEST_F(MetricsTest, RequestsOfTheHttpServerAreSampled) {
  HttpServerMetrics http(metrics);
  http.sample({.requests = 5, .bad_requests = 1});
  http.sample({.requests = 9, .bad_requests = 1});
  EXPECT_TRUE(has("farfield_http_requests_total 9")) << metrics.text();
  EXPECT_TRUE(has("farfield_http_requests_refused_total 1"));
}

}  // namespace
}  // namespace ff::app
