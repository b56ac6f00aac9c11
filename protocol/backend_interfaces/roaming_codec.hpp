// Roaming messages from and to members of a JSON object. For decode.cpp and encode.cpp alone.
#pragma once

#include <boost/json/fwd.hpp>

#include "protocol/backend_interfaces/json_object.hpp"
#include "protocol/backend_interfaces/message.hpp"

namespace ff::backend_interfaces::detail {

/// Of the types PRStartReq, PRStartAns, PRStopReq, XmitDataReq, XmitDataAns. Error:
/// malformed_message.
Result<Body> roaming_body(MessageType type, const boost::json::object& in);

/// All members but Result.
void put(Object& out, const PrStartReq& body);
void put(Object& out, const PrStartAns& body, Version version);
void put(Object& out, const PrStopReq& body);
void put(Object& out, const XmitDataReq& body);
void put(Object& out, const XmitDataAns& body);

}  // namespace ff::backend_interfaces::detail
