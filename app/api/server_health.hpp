// What a gRPC server says of itself to tools that know nothing of the API: gRPC's health service,
// and its reflection service, from which clients without `.proto` files learn the methods. The
// reference has neither [spec api-conventions §2]. Not the health page of HTTP.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace grpc {
class Server;
class ServerBuilder;
}  // namespace grpc

namespace ff::api {

/// The names of what a server serves, known once it is built.
using ServedNames = std::shared_ptr<const std::vector<std::string>>;

/// Adds both services to the server that `builder` makes.
ServedNames add_health_and_reflection(grpc::ServerBuilder& builder);

/// The server as a whole and each of its services are healthy.
void tell_serving(grpc::Server& server, const std::vector<std::string>& names);
/// None of them is any more, for good. Watchers hear of it.
void tell_ending(grpc::Server& server);

}  // namespace ff::api
