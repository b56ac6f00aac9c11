// Health and reflection of the gRPC server, asked as a tool without our `.proto` files asks: in
// octets, because Debian has no generated code of either service.
#include "app/api/server_health.hpp"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <thread>

#include "app/api/server.hpp"
#include "ttn/lorawan/v3/identityserver.grpc.pb.h"

namespace ff::api {
namespace {

using namespace std::chrono_literals;
using ttn::lorawan::v3::EntityAccess;

grpc::ByteBuffer to_buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

std::string to_string(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const auto& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

/// Field `number` of a message, with a length of one octet.
std::string field(int number, const std::string& text) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(text.size())} + text;
}

constexpr auto serving = "\x08\x01";
constexpr auto not_serving = "\x08\x02";

/// A stream that sends one request and reads one answer after the other.
class RawStream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  enum class Keep { open, half_closed };
  RawStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
            const std::string& request, Keep keep = Keep::half_closed)
      : stub_(channel), request_(to_buffer(request)) {
    stub_.PrepareBidiStreamingCall(&context_, method, {}, this);
    AddHold();  // Reads begin outside of the callbacks.
    if (keep == Keep::open) {
      StartWrite(&request_);
    } else {
      StartWriteLast(&request_, {});
    }
    StartCall();
  }

  /// Empty when the stream has ended.
  std::string next() {
    read_ = {};
    auto answered = read_.get_future();
    StartRead(&answer_);
    return answered.get() ? to_string(answer_) : "";
  }
  /// When the server has ended it.
  grpc::Status end() {
    RemoveHold();
    return ended_.get_future().get();
  }
  grpc::Status cancel() {
    context_.TryCancel();
    return end();
  }
  void OnReadDone(bool ok) override { read_.set_value(ok); }
  void OnDone(const grpc::Status& status) override { ended_.set_value(status); }

 private:
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
  std::promise<bool> read_;
  std::promise<grpc::Status> ended_;
};

class ServerHealthTest : public testing::Test {
 protected:
  ServerHealthTest() {
    auto started = ApiServer::start({{"127.0.0.1:0", {}}}, {&service_});
    EXPECT_TRUE(started);
    server_ = *std::move(started);
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->ports().at(0)),
                                   grpc::InsecureChannelCredentials());
  }

  grpc::Status check(const std::string& service, std::string& answer) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    const auto request = to_buffer(field(1, service));
    grpc::ByteBuffer response;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                   [&](grpc::Status status) { done.set_value(std::move(status)); });
    auto status = done.get_future().get();
    answer = to_string(response);
    return status;
  }

  EntityAccess::CallbackService service_;
  std::unique_ptr<ApiServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(ServerHealthTest, TheServerAndEachServiceAreHealthy) {
  for (const auto* name : {"", "ttn.lorawan.v3.EntityAccess"}) {
    std::string answer;
    EXPECT_TRUE(check(name, answer).ok()) << name;
    EXPECT_EQ(answer, serving) << name;
  }
}

TEST_F(ServerHealthTest, AServiceThatIsNotServedIsNotFound) {
  std::string answer;
  EXPECT_EQ(check("ttn.lorawan.v3.GatewayRegistry", answer).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerHealthTest, AWatcherHearsThatTheServerEnds) {
  RawStream watch(channel_, "/grpc.health.v1.Health/Watch", field(1, ""));
  EXPECT_EQ(watch.next(), serving);
  std::thread ending([this] { server_->shutdown(5s); });
  EXPECT_EQ(watch.next(), not_serving);
  watch.cancel();
  ending.join();
}

TEST_F(ServerHealthTest, ReflectionListsWhatIsServed) {
  RawStream stream(channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                   field(7, "*"));
  const auto services = stream.next();
  EXPECT_NE(services.find("ttn.lorawan.v3.EntityAccess"), std::string::npos);
  EXPECT_NE(services.find("grpc.reflection.v1alpha.ServerReflection"), std::string::npos);
  EXPECT_EQ(services.find("GatewayRegistry"), std::string::npos);
  EXPECT_EQ(stream.next(), "");
  EXPECT_TRUE(stream.end().ok());
}

TEST_F(ServerHealthTest, StreamsOfReflectionAreBoundedAndNothingElseIs) {
  std::deque<RawStream> streams;
  std::size_t served = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    auto& stream = streams.emplace_back(
        channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", field(7, "*"),
        RawStream::Keep::open);
    if (!stream.next().empty()) ++served;
  }
  EXPECT_GE(served, 8U);
  EXPECT_LE(served, 16U);
  std::string answer;
  EXPECT_TRUE(check("", answer).ok());
  std::size_t refused = 0;
  for (auto& stream : streams) {
    if (stream.cancel().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) ++refused;
  }
  EXPECT_EQ(refused, streams.size() - served);
}

TEST_F(ServerHealthTest, ReflectionTellsTheFileOfAMethod) {
  RawStream stream(channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                   field(4, "ttn.lorawan.v3.EntityAccess.AuthInfo"));
  const auto files = stream.next();
  EXPECT_NE(files.find("ttn/lorawan/v3/identityserver.proto"), std::string::npos);
  EXPECT_NE(files.find("AuthInfoResponse"), std::string::npos);
  EXPECT_TRUE(stream.end().ok());
}

}  // namespace
}  // namespace ff::api
