%% play - what the Erlang controller does with one gateway, and what it demands
%%
%%	erl ... -s play main -extra TRANSPORT PORT FORM DIRECTORY SESSION
%%
%% The gateway registers, is asked everything that a controller of VERSION asks,
%% and says goodbye.  SESSION "yes": DIRECTORY/ports says where clients may
%% connect, and DIRECTORY/release when they are done, as in test/scenarios.  Exit
%% status 0 when all was as it has to be.
-module(play).
-export([main/0]).

-include("records.hrl").

-define(PATIENCE_MS, 30000).

main() ->
    [Transport, Port, Form, Dir, Session] = init:get_plain_arguments(),
    put(dir, Dir),
    try
        ok = mgc:start(#{transport => list_to_atom(Transport),
                         port => list_to_integer(Port),
                         form => list_to_atom(Form)}),
        file("listening", ""),
        registration(),
        root(),
        control(),
        lists:foreach(fun(_) -> session() end, [1 || Session =:= "yes"]),
        service(),
        commands(),
        goodbye(),
        halt(0)
    catch
        Class:Reason:Stack ->
            io:format("FAIL ~p: ~p~n~p~n", [Class, Reason, Stack]),
            halt(1)
    end.

file(Name, Text) ->
    Path = filename:join(get(dir), Name),
    ok = file:write_file(Path ++ ".new", Text),
    ok = file:rename(Path ++ ".new", Path).

%% What is asked of the gateway is counted: it must have executed so much.
call(Text) ->
    Flat = lists:flatten(Text),
    count(Flat),
    mgc:call(Flat).

count(Text) ->
    [put({count, Name}, length(all(Pattern, Text)) + counted(Name))
     || {Name, Pattern} <- [{"Add", "[,{]A="},
                            {"Modify", "[,{](O-)?MF="},
                            {"Subtract", "[,{](W-)?S="}]].

counted(Name) ->
    case get({count, Name}) of
        undefined -> 0;
        N -> N
    end.

all(Pattern, Text) ->
    case re:run(Text, Pattern, [global]) of
        {match, List} -> List;
        nomatch -> []
    end.

commands() ->
    file("commands", [io_lib:format("~s ~b~n", [N, counted(N)])
                      || N <- ["Add", "Modify", "Subtract"]]).

%% What comes by itself.

change() ->
    receive
        {trouble, Trouble} -> error(Trouble);
        {change, Conn, Parm} -> {Conn, Parm}
    after ?PATIENCE_MS -> missing(change)
    end.

missing(What) ->
    error({missing, What, process_info(self(), messages)}).

%% The parameters of the next event of this termination, which must be this one;
%% between terminations there is no order.
notify(Ctx, Term, Request, Name) ->
    receive
        {trouble, Trouble} ->
            error(Trouble);
        {notify, C, Term, R, #'ObservedEvent'{eventName = N} = Event} ->
            {Ctx, Request, Name} = {C, R, N},
            #'TimeNotation'{date = [_ | _]} = Event#'ObservedEvent'.timeNotation,
            [{P, V} || #'EventParameter'{eventParameterName = P, value = [V]}
                       <- Event#'ObservedEvent'.eventParList]
    after ?PATIENCE_MS -> missing({Term, Name})
    end.

%% Its header is of version 1 and brings the record of that version.
registration() ->
    {Conn, Parm} = change(),
    {'ServiceChangeParm', restart, asn1_NOVALUE, 3,
     #'ServiceChangeProfile'{profileName = "etsi_bgf", version = 2},
     ["901 " ++ _], asn1_NOVALUE, asn1_NOVALUE, #'TimeNotation'{},
     asn1_NOVALUE} = Parm,
    mgc:use(Conn).

%% The gateway ends only when it is told to, and has nothing else to say.
goodbye() ->
    receive Left -> error({unexpected, Left}) after 0 -> ok end,
    file("done", ""),
    {_, #'ServiceChangeParm'{serviceChangeMethod = forced,
                             serviceChangeReason = ["908 " ++ _]}} = change(),
    %% The answer is on its way when the gateway has ended.
    wait_file("stopped").

wait_file(Name) ->
    Path = filename:join(get(dir), Name),
    wait_file(Path, erlang:monotonic_time(millisecond) + ?PATIENCE_MS).

wait_file(Path, Until) ->
    case {filelib:is_file(Path), erlang:monotonic_time(millisecond) < Until} of
        {true, _} -> ok;
        {false, true} -> timer:sleep(20), wait_file(Path, Until);
        {false, false} -> error({no_file, Path})
    end.

%% ROOT.

root() ->
    [] = audit(0, "ROOT", "AT{}"),
    %% Three in one message are answered one by one.
    Beat = "C=-{AV=ROOT{AT{}}}",
    [[Alive], [#'ActionReply'{errorDescriptor = Unknown}], [Alive]] =
        mgc:calls([Beat, "C=4000000{AV=ROOT{AT{}}}", Beat]),
    #'ErrorDescriptor'{errorCode = 411} = Unknown,
    Packages = [{N, V} || #'PackagesItem'{packageName = N, packageVersion = V}
                          <- item(packagesDescriptor,
                                  audit(0, "ROOT", "AT{PG}"))],
    [true = lists:member(P, Packages)
     || P <- [{"g", 1}, {"root", 2}, {"nt", 1}, {"it", 1}, {"gm", 2},
              {"ipnapt", 1}, {"tcprv", 1}]],
    [Root] = call("C=-{MF=ROOT{M{TS{root/MGProvisionalResponseTimerValue=1500,"
                  "root/MGOriginatedPendingLimit=20}},E=77{it/ito{mit=30000}}}}"),
    {0, [{modReply, "ROOT", []}]} = action(Root),
    Descs = audit(0, "ROOT", "AT{M,E}"),
    #'MediaDescriptor'{termStateDescr = State} = item(mediaDescriptor, Descs),
    Properties = property_list(State#'TerminationStateDescriptor'.propertyParms),
    "1500" = proplists:get_value("root/mgprovisionalresponsetimervalue",
                                 Properties),
    "20" = proplists:get_value("root/mgoriginatedpendinglimit", Properties),
    #'EventsDescriptor'{requestID = 77, eventList = [Ito]} =
        item(eventsDescriptor, Descs),
    #'RequestedEvent'{pkgdName = "it/ito"} = Ito,
    449 = command_error("C=-{MF=ROOT{M{TS{"
                        "root/MGOriginatedPendingLimit=100000}}}}"),
    capability("C=-{AC=ROOT{AT{M,E}}}", "ROOT",
               [mediaDescriptor, eventsDescriptor]).

%% Out of service by our order, and back.
service() ->
    [A] = call("C=-{SC=ROOT{SV{MT=GR,RE=\"905 Termination taken out of "
               "service\"}}}"),
    {0, [{serviceChangeReply, "ROOT", _}]} = action(A),
    503 = any_error(call(["C=${", add("access", 7), "}"])),
    [B] = call("C=-{SC=ROOT{SV{MT=RS,RE=\"918 Cancel Graceful\"}}}"),
    {0, [{serviceChangeReply, "ROOT", _}]} = action(B).

%% A context from the first Add to the last Subtract, without clients.

control() ->
    nothing(),
    #{ctx := Ctx, a := A, b := B} = Pair = reserve("IN", 5),
    audits(Pair),
    errors(Pair),
    versions(?VERSION, Pair),
    [Reply] = call(io_lib:format(
        "C=~b{MF=~s{M{ST=1{O{MO=SR,ipdc/realm=\"access.example\"}}},E=11{tcprv/est}},"
        "MF=~s{E=12{tcprv/est}}}", [Ctx, A, B])),
    {Ctx, [{modReply, A, []}, {modReply, B, []}]} = action(Reply),
    sendRecv = mode(audit(Ctx, A, "AT{M}")),
    inactive = mode(audit(Ctx, B, "AT{M}")),
    {eventsDescriptor, #'EventsDescriptor'{requestID = 12}} =
        lists:keyfind(eventsDescriptor, 1, audit(Ctx, B, "AT{E}")),
    %% One by name, with statistics; the other by wildcard, without.
    [Gone] = call(io_lib:format("C=~b{S=~s}", [Ctx, A])),
    {Ctx, [{subtractReply, A, Descs}]} = action(Gone),
    Values = counters(Descs),
    ["0", "0"] = [proplists:get_value(S, Values) || S <- ["nt/os", "nt/or"]],
    [Last] = call(io_lib:format("C=~b{W-S=*{AT{}}}", [Ctx])),
    {Ctx, [{subtractReply, "*", []}]} = action(Last),
    411 = any_error(call(io_lib:format("C=~b{AV=~s{AT{M}}}", [Ctx, A]))),
    nothing().

%% There is no termination at all.
nothing() ->
    431 = any_error(call("C=*{AV=*{AT{}}}")).

%% Both sides; the answer names everything that was left to the gateway.
reserve(Mode, Request) ->
    [Reply] = call(["C=${PR=6,", add("access", Mode, Request), ",",
                    add("core", Mode, Request + 1), "}"]),
    {Ctx, [{addReply, A, DescsA}, {addReply, B, DescsB}]} = action(Reply),
    true = is_integer(Ctx) andalso Ctx > 0 andalso Ctx < 16#FFFFFFFE,
    "ip/1/access/" ++ _ = A,
    "ip/1/core/" ++ _ = B,
    {AddrA, PortA} = local(DescsA),
    {AddrB, PortB} = local(DescsB),
    "198.51.100." ++ _ = AddrA,
    "198.51.100." ++ _ = AddrB,
    #{ctx => Ctx, a => A, b => B, addr_a => AddrA, port_a => PortA,
      addr_b => AddrB, port_b => PortB}.

add(Side, Request) ->
    add(Side, "IN", Request).

add(Side, Mode, Request) ->
    {Sam, Remote} = case Side of
                        "access" -> {"203.0.113.10", "10.1.0.2"};
                        "core" -> {"192.0.2.20", "10.2.0.2"}
                    end,
    io_lib:format(
        "A=ip/1/~s/${M{ST=1{O{MO=~s,ipdc/realm=\"~s.example\",gm/saf=ON,"
        "gm/sam=\"[~s]\"},"
        "L{~nv=0~nc=IN IP4 $~nm=message $ TCP -~na=setup:passive~n},"
        "R{~nv=0~nc=IN IP4 ~s~nm=message 9 TCP -~na=setup:active~n}}},"
        "E=~b{tcprv/syn,tcprv/est,tcprv/rel},SG{ipnapt/latch{napt=LATCH}}}",
        [Side, Mode, Side, Sam, Remote, Request]).

audits(#{ctx := Ctx, a := A, b := B, addr_a := Addr, port_a := Port}) ->
    Descs = audit(Ctx, A, "AT{M,SG,E,SA}"),
    {Addr, Port} = local(Descs),
    inactive = mode(Descs),
    "access.example" = proplists:get_value("ipdc/realm", controls(Descs)),
    #'EventsDescriptor'{requestID = 5, eventList = Events} =
        item(eventsDescriptor, Descs),
    ["tcprv/syn", "tcprv/est", "tcprv/rel"] =
        [E#'RequestedEvent'.pkgdName || E <- Events],
    [{signal, #'Signal'{signalName = "ipnapt/latch"}}] =
        item(signalsDescriptor, Descs),
    "0" = proplists:get_value("nt/or", counters(Descs)),
    %% Wildcards: every match; the condensed list; all contexts.
    [Each] = call(io_lib:format("C=~b{AV=*{AT{M}}}", [Ctx])),
    {Ctx, [{auditValueReply, A, [_]}, {auditValueReply, B, [_]}]} = action(Each),
    [List] = call(io_lib:format("C=~b{AV=*{AT{}}}", [Ctx])),
    {Ctx, [{auditValueReply, [A, B]}]} = action(List),
    [All] = call("C=*{AV=ip/1/access/*{AT{E}}}"),
    {Ctx, [{auditValueReply, A, [{eventsDescriptor, _}]}]} = action(All),
    [Contexts] = call("C=*{AV=ROOT{AT{}}}"),
    {Ctx, _} = action(Contexts),
    [Union] = call(io_lib:format("C=~b{W-AV=*{AT{E}}}", [Ctx])),
    {Ctx, [{auditValueReply, "*", [{eventsDescriptor, _}]}]} = action(Union),
    capability(io_lib:format("C=~b{AC=~s{AT{M,SG,E,SA}}}", [Ctx, A]), A,
               [mediaDescriptor, signalsDescriptor, eventsDescriptor,
                statisticsDescriptor]).

capability(Text, Term, Kinds) ->
    [Reply] = call(Text),
    {_, [{auditCapReply, Term, Descs}]} = action(Reply),
    [] = Kinds -- [element(1, D) || D <- Descs].

%% What only later versions can ask.
versions(1, _) ->
    ok;
versions(2, #{ctx := Ctx, a := A}) ->
    individual(Ctx, A),
    [Context] = call(io_lib:format("C=~b{CA{PR,EG}}", [Ctx])),
    #'ActionReply'{contextReply = #'ContextRequest'{priority = 6}} = Context;
versions(3, #{ctx := Ctx, a := A, b := B} = Pair) ->
    versions(2, Pair),
    [Both] = call(io_lib:format("C=~b{AV=[~s,~s]{AT{SG}}}", [Ctx, A, B])),
    {Ctx, [{auditValueReply, A, [_]}, {auditValueReply, B, [_]}]} = action(Both),
    [Set] = call(io_lib:format("C=~b{PR=3,IEPS=ON}", [Ctx])),
    {Ctx, []} = action(Set),
    [Selected] = call("C=*{CA{PR=3,IEPS}}"),
    {Ctx, _} = action(Selected).

%% One property, and one that no package has.
individual(Ctx, A) ->
    Descs = audit(Ctx, A, "AT{M{ST=1{O{gm/saf}}}}"),
    [{"gm/saf", "on"}] = controls(Descs),
    [{packagesDescriptor, [#'PackagesItem'{packageName = "tcprv"}]}] =
        audit(0, "ROOT", "AT{PG{tcprv-1}}").

%% Bad requests: each its own error, and nothing changes.
errors(#{ctx := Ctx, a := A, b := B}) ->
    %% What stands in a context that does not exist is no command.
    411 = any_error(call(["C=4000000{AV=", A, "{AT{M}}}"])),
    411 = any_error(mgc:call(lists:flatten(["C=4000000{MF=", A,
                                            "{E=1{tcprv/est}}}"]))),
    430 = command_error(cmd(Ctx, "AV=ip/1/access/99999{AT{M}}")),
    430 = command_error(cmd(Ctx, "MF=ip/1/access/99999{E=1{tcprv/est}}")),
    430 = command_error(cmd(Ctx, "S=ip/1/access/99999")),
    431 = command_error(cmd(Ctx, "AV=ip/9/*{AT{M}}")),
    434 = command_error(cmd(Ctx, add("core", 9))),
    440 = command_error(cmd(Ctx, ["MF=", A, "{E=1{nosuch/thing}}"])),
    440 = command_error(cmd(Ctx, ["MF=", A,
                                  "{M{ST=1{O{MO=SR,nosuch/thing=1}}}}"])),
    451 = command_error(cmd(Ctx, ["MF=", A, "{E=1{tcprv/nosuch}}"])),
    452 = command_error(cmd(Ctx, ["MF=", A, "{SG{ipnapt/nosuch}}"])),
    443 = command_error(cmd(Ctx, ["MV=", A])),
    410 = command_error(cmd(Ctx, "AV=ROOT{AT{}}")),
    444 = command_error(cmd(Ctx, ["MF=", A, "{DM=x{(x.)}}"])),
    %% An optional command that fails does not stop what follows; another does.
    [Optional] = call(cmd(Ctx, ["O-MF=ip/1/core/99999{E=1{tcprv/est}},AV=", B, "{AT{}}"])),
    {Ctx, [{modReply, _, 430}, {auditValueReply, B, []}]} = action(Optional),
    [Stopped] = call(cmd(Ctx, ["MF=ip/1/core/99999{E=1{tcprv/est}},AV=", B, "{AT{}}"])),
    {Ctx, [{modReply, _, 430}]} = action(Stopped),
    inactive = mode(audit(Ctx, A, "AT{M}")).

cmd(Ctx, Text) ->
    io_lib:format("C=~b{~s}", [Ctx, lists:flatten(Text)]).

%% Two clients, as test/scenarios/session.xml.

session() ->
    #{ctx := Ctx, a := A, b := B} = Pair = reserve("IN", 2001),
    [Through] = call(io_lib:format(
        "C=~b{MF=~s{M{ST=1{O{MO=SR,ipdc/realm=\"access.example\",gm/saf=ON,"
        "gm/sam=\"[203.0.113.10]\"}}}},MF=~s{M{ST=1{O{MO=SR,"
        "ipdc/realm=\"core.example\",gm/saf=ON,gm/sam=\"[192.0.2.20]\"}}},"
        "E=2002{tcprv/syn}}}", [Ctx, A, B])),
    {Ctx, [{modReply, A, []}, {modReply, B, []}]} = action(Through),
    file("ports", [io_lib:format("~s=~s~n", [K, value(maps:get(K, Pair))])
                   || K <- [ctx, addr_a, port_a, addr_b, port_b]]),
    "203.0.113.10" = latched(Ctx, A, 2001),
    "192.0.2.20" = latched(Ctx, B, 2002),
    Open = notify(Ctx, A, 2001, "tcprv/est"),
    true = list_to_integer(proplists:get_value("mss", Open)) > 500,
    %% The latch is done: its signal is over, and the audit names the client.
    [] = item(signalsDescriptor, audit(Ctx, A, "AT{SG}")),
    Rel = notify(Ctx, A, 2001, "tcprv/rel"),
    "fin" = proplists:get_value("cause", Rel),
    file("ended", ""),
    wait_file("release"),
    [Gone] = call(io_lib:format("C=~b{S=~s,S=~s}", [Ctx, A, B])),
    {Ctx, [{subtractReply, A, DA}, {subtractReply, B, DB}]} = action(Gone),
    [SA, SB] = [counters(D) || D <- [DA, DB]],
    true = list_to_integer(proplists:get_value("nt/dur", SA)) > 0,
    file("statistics", [io_lib:format("~s_~s=~s~n",
                                      [N, Side, proplists:get_value("nt/" ++ N, S)])
                        || {Side, S} <- [{"a", SA}, {"b", SB}],
                           N <- ["os", "or"]]).

latched(Ctx, Term, Request) ->
    proplists:get_value("ra", notify(Ctx, Term, Request, "tcprv/syn")).

value(V) when is_integer(V) -> integer_to_list(V);
value(V) -> V.

%% Answers, taken apart.

%% The descriptors of one AuditValue of one termination.
audit(Ctx, Term, Audit) ->
    [Reply] = call(io_lib:format("C=~s{AV=~s{~s}}", [context(Ctx), Term, Audit])),
    {Ctx, [{auditValueReply, Term, Descs}]} = action(Reply),
    Descs.

context(0) -> "-";
context(Ctx) -> integer_to_list(Ctx).

%% {Context, [{Kind, Termination, Descriptors or error code}]}
action(#'ActionReply'{contextId = Ctx, errorDescriptor = asn1_NOVALUE,
                      commandReply = Replies}) ->
    {Ctx, [command(R) || R <- Replies]}.

command({auditValueReply, {contextAuditResult, Ids}}) ->
    {auditValueReply, [mgc:term(Id) || Id <- Ids]};
command({Kind, {auditResult, #'AuditResult'{terminationID = Id,
                                            terminationAuditResult = Descs}}}) ->
    {Kind, name(Id), verdict(Descs)};
command({Kind, {error, #'ErrorDescriptor'{errorCode = Code}}}) ->
    {Kind, none, Code};
command({Kind, #'AmmsReply'{terminationID = Id, terminationAudit = Descs}}) ->
    {Kind, name(Id), verdict(Descs)};
command({serviceChangeReply, #'ServiceChangeReply'{terminationID = Id,
                                                   serviceChangeResult = R}}) ->
    {serviceChangeReply, name(Id), R}.

name(Id) ->
    case mgc:term(Id) of
        "root" -> "ROOT";
        Name -> Name
    end.

verdict(asn1_NOVALUE) -> [];
verdict([{errorDescriptor, #'ErrorDescriptor'{errorCode = Code}}]) -> Code;
verdict(Descs) -> Descs.

%% The code of the only command of the only action.
command_error(Text) ->
    [Reply] = call(Text),
    {_, [{_, _, Code}]} = action(Reply),
    Code.

%% The code, wherever it stands.
any_error({error, Code}) ->
    Code;
any_error([#'ActionReply'{errorDescriptor = #'ErrorDescriptor'{errorCode = C}}]) ->
    C;
any_error([Reply]) ->
    {_, [{_, _, Code}]} = action(Reply),
    Code.

item(Kind, Descs) ->
    {Kind, Value} = lists:keyfind(Kind, 1, Descs),
    Value.

stream(Descs) ->
    #'MediaDescriptor'{streams = {multiStream, [Stream]}} =
        item(mediaDescriptor, Descs),
    #'StreamDescriptor'{streamID = 1, streamParms = Parms} = Stream,
    Parms.

control_of(Descs) ->
    (stream(Descs))#'StreamParms'.localControlDescriptor.

mode(Descs) ->
    (control_of(Descs))#'LocalControlDescriptor'.streamMode.

controls(Descs) ->
    property_list((control_of(Descs))#'LocalControlDescriptor'.propertyParms).

property_list(Parms) ->
    [{Name, Value} || #'PropertyParm'{name = Name, value = [Value]} <- Parms].

%% {Address, Port} of Local, which must be a listening one.
local(Descs) ->
    #'LocalRemoteDescriptor'{propGrps = [Lines]} =
        (stream(Descs))#'StreamParms'.localDescriptor,
    Sdp = [{N, V} || #'PropertyParm'{name = N, value = [V]} <- Lines],
    {"v", "0"} = hd(Sdp),
    "setup:passive" = proplists:get_value("a", Sdp),
    ["IN", "IP4", Address] = string:lexemes(proplists:get_value("c", Sdp), " "),
    ["message", Port, "TCP", "-"] =
        string:lexemes(proplists:get_value("m", Sdp), " "),
    {Address, list_to_integer(Port)}.

counters(Descs) ->
    [{N, V} || #'StatisticsParameter'{statName = N, statValue = [V]}
               <- item(statisticsDescriptor, Descs)].
