%% mgc - a controller on the megaco application of Erlang/OTP
%%
%% Listens on UDP or TCP, answers ServiceChange and Notify, and sends requests.
%% What is to be said comes as H.248 text; that application decodes it, encodes
%% it again in its own words, pretty or compact, keeps the transactions and
%% decodes the answers.  What the gateway says of itself goes as messages to the
%% process that called start/1:
%%
%%	{change, Connection, #'ServiceChangeParm'{}}
%%	{notify, Context, Termination, RequestID, #'ObservedEvent'{}}
%%	{trouble, What}		nothing of the kind may happen
-module(mgc).
-behaviour(megaco_user).

-export([start/1, use/1, call/1, calls/1, term/1]).
-export([handle_connect/2, handle_connect/3, handle_disconnect/3,
         handle_syntax_error/3, handle_syntax_error/4,
         handle_message_error/3, handle_message_error/4,
         handle_trans_request/3, handle_trans_request/4,
         handle_trans_long_request/3, handle_trans_long_request/4,
         handle_trans_reply/4, handle_trans_reply/5,
         handle_trans_ack/4, handle_trans_ack/5,
         handle_trans_request_abort/4, handle_trans_request_abort/5,
         handle_unexpected_trans/3, handle_unexpected_trans/4]).

-include("records.hrl").

-define(ADDRESS, [10, 0, 0, 1]).

%% A request is repeated soon: here an answer takes no time.
-define(REPEAT, #megaco_incr_timer{wait_for = 250, factor = 1, incr = 150,
                                   max_retries = 20}).

%% start(#{transport := udp | tcp, port := Port, form := short | long})
start(#{transport := Transport, port := Port, form := Form}) ->
    register(player, self()),
    ok = application:start(megaco),
    Mid = {ip4Address, #'IP4Address'{address = ?ADDRESS, portNumber = 2944}},
    ok = megaco:start_user(Mid, [{user_mod, ?MODULE},
                                 {encoding_mod, codec(Form)},
                                 {encoding_config, []},
                                 {send_mod, send_mod(Transport)},
                                 {request_timer, ?REPEAT},
                                 {auto_ack, true}]),
    Receive = (megaco:user_info(Mid, receive_handle))
        #megaco_receive_handle{encoding_mod = codec(Form),
                               encoding_config = [],
                               send_mod = send_mod(Transport)},
    listen(Transport, [{port, Port}, {receive_handle, Receive}]).

codec(short) -> megaco_compact_text_encoder;
codec(long) -> megaco_pretty_text_encoder.

send_mod(udp) -> megaco_udp;
send_mod(tcp) -> megaco_tcp.

listen(udp, Options) ->
    {ok, Sup} = megaco_udp:start_transport(),
    {ok, _, _} = megaco_udp:open(Sup, Options),
    ok;
listen(tcp, Options) ->
    {ok, Sup} = megaco_tcp:start_transport(),
    ok = megaco_tcp:listen(Sup, Options).

%% From now on this connection speaks the version that was agreed.
use(Conn) ->
    persistent_term:put(?MODULE, Conn),
    ok = megaco:update_conn_info(Conn, protocol_version, ?VERSION).

%% The action replies to these actions, or {error, Code} of the transaction;
%% an answer in another version than agreed is none.
call(Text) ->
    case megaco:call(persistent_term:get(?MODULE), actions(Text), []) of
        {?VERSION, Reply} -> reply(Text, Reply);
        Other -> error({other_version, Text, Other})
    end.

%% The same for several transactions in one message.
calls(Texts) ->
    Requests = [actions(Text) || Text <- Texts],
    {?VERSION, Replies} = megaco:call(persistent_term:get(?MODULE), Requests, []),
    [reply(Text, R) || {Text, R} <- lists:zip(Texts, Replies)].

reply(_, {ok, Replies}) -> Replies;
reply(_, {error, #'ErrorDescriptor'{errorCode = Code}}) -> {error, Code};
reply(Text, Other) -> error({no_reply, Text, Other}).

actions(Text) ->
    Octets = iolist_to_binary(["!/", integer_to_list(?VERSION),
                               " [10.0.0.1]:2944 T=1{", Text, "}"]),
    case megaco_compact_text_encoder:decode_message([], dynamic, Octets) of
        {ok, #'MegacoMessage'{mess = #'Message'{messageBody = Body}}} ->
            {transactions, [{transactionRequest, Request}]} = Body,
            Request#'TransactionRequest'.actions;
        {error, Reason} ->
            error({bad_request, Text, Reason})
    end.

%% As text: "ip/1/access/7".
term(#megaco_term_id{id = Levels}) -> string:join(Levels, "/");
term([Id]) -> term(Id).

tell(What) ->
    player ! What,
    ok.

%% What that application calls.  The arities with Extra come from newer ones.

handle_connect(_Conn, _Version) ->
    ok.
handle_connect(Conn, Version, _Extra) ->
    handle_connect(Conn, Version).

handle_disconnect(Conn, _Version, Reason) ->
    megaco:cancel(Conn, Reason),
    tell({disconnected, Reason}).

%% The registration, header version 1, comes again when its answer took long;
%% this application then refuses it, and the gateway lives with that.
handle_syntax_error(_Receive, _Version,
                    #'ErrorDescriptor'{errorCode = 406,
                                       errorText = "Not negotiated version: 1"
                                                   ++ _}) ->
    reply;
handle_syntax_error(_Receive, _Version, Error) ->
    tell({trouble, {syntax_error, Error}}),
    reply.
handle_syntax_error(Receive, Version, Error, _Extra) ->
    handle_syntax_error(Receive, Version, Error).

handle_message_error(_Conn, _Version, Error) ->
    tell({trouble, {message_error, Error}}),
    no_reply.
handle_message_error(Conn, Version, Error, _Extra) ->
    handle_message_error(Conn, Version, Error).

handle_trans_request(Conn, _Version, Actions) ->
    {discard_ack, [action(Conn, A) || A <- Actions]}.
handle_trans_request(Conn, Version, Actions, _Extra) ->
    handle_trans_request(Conn, Version, Actions).

action(Conn, #'ActionRequest'{contextId = Ctx, commandRequests = Commands}) ->
    #'ActionReply'{contextId = Ctx,
                   commandReply = [command(Conn, Ctx, C#'CommandRequest'.command)
                                   || C <- Commands]}.

command(Conn, _, {serviceChangeReq, #'ServiceChangeRequest'{
                     terminationID = Id, serviceChangeParms = P}}) ->
    tell({change, Conn, P}),
    %% The record is that of the version in the header; the profile always
    %% stands in the same place.
    Result = #'ServiceChangeResParm'{serviceChangeVersion = ?VERSION,
                                     serviceChangeProfile = element(5, P)},
    {serviceChangeReply, #'ServiceChangeReply'{
        terminationID = Id,
        serviceChangeResult = {serviceChangeResParms, Result}}};
command(_, Ctx, {notifyReq, #'NotifyRequest'{
                     terminationID = Id, observedEventsDescriptor = D}}) ->
    #'ObservedEventsDescriptor'{requestId = Request, observedEventLst = List} = D,
    [tell({notify, Ctx, term(Id), Request, E}) || E <- List],
    {notifyReply, #'NotifyReply'{terminationID = Id}}.

handle_trans_long_request(_Conn, _Version, _Data) ->
    {discard_ack, #'ErrorDescriptor'{errorCode = ?megaco_not_implemented}}.
handle_trans_long_request(Conn, Version, Data, _Extra) ->
    handle_trans_long_request(Conn, Version, Data).

handle_trans_reply(_Conn, _Version, _Reply, _Data) ->
    ok.
handle_trans_reply(Conn, Version, Reply, Data, _Extra) ->
    handle_trans_reply(Conn, Version, Reply, Data).

handle_trans_ack(_Conn, _Version, _Status, _Data) ->
    ok.
handle_trans_ack(Conn, Version, Status, Data, _Extra) ->
    handle_trans_ack(Conn, Version, Status, Data).

handle_trans_request_abort(_Conn, _Version, _Id, _Pid) ->
    ok.
handle_trans_request_abort(Conn, Version, Id, Pid, _Extra) ->
    handle_trans_request_abort(Conn, Version, Id, Pid).

%% A reply that comes again was asked for again: this machine is slow, or the way
%% is bad.
handle_unexpected_trans(_Conn, _Version, #'TransactionReply'{}) ->
    ok;
handle_unexpected_trans(_Conn, _Version, Transaction) ->
    tell({trouble, {unexpected, Transaction}}).
handle_unexpected_trans(Conn, Version, Transaction, _Extra) ->
    handle_unexpected_trans(Conn, Version, Transaction).
