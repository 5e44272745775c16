using System.Net;
using Microsoft.AspNetCore.Http;
using WgFleet.Access;
using WgFleet.Hosting;
using WgFleet.Http;
using WgFleet.Store;

namespace WgFleet.Tests.Http;

public class StreamLimitsTests
{
    [Fact]
    public void Readers_without_a_token_cannot_use_up_the_streams_of_operators_and_root()
    {
        var limits = new StreamLimits();
        for (var i = 0; i < limits.MaxNear; i++)
            limits.Enter(Caller.LocalReader, From($"fd00:a::{i + 1:x}"));

        Should.Throw<RefusedException>(() => limits.Enter(Caller.LocalReader, From("fd00:b::1"))).Kind.ShouldBe(Refusal.Unavailable);
        limits.Enter(Operator("a"), From("fd00:a::1")).Dispose();
        limits.Enter(Caller.Root, new DefaultHttpContext()).Dispose();
    }

    [Fact]
    public void One_source_or_one_token_gets_only_its_share()
    {
        var limits = new StreamLimits();
        for (var i = 0; i < limits.MaxNearPerSource; i++)
            limits.Enter(Caller.LocalReader, From("fd00:a::2"));
        for (var i = 0; i < limits.MaxPerToken; i++)
            limits.Enter(Operator("a"), From("fd00:a::2"));

        Should.Throw<RefusedException>(() => limits.Enter(Caller.LocalReader, From("fd00:a::2")));
        Should.Throw<RefusedException>(() => limits.Enter(Operator("a"), From("fd00:a::3")));
        limits.Enter(Caller.LocalReader, From("fd00:a::3")).Dispose();
        limits.Enter(Operator("b"), From("fd00:a::2")).Dispose();
    }

    [Fact]
    public void A_closed_stream_frees_one_place_also_if_it_is_closed_twice()
    {
        var limits = new StreamLimits();
        var places = Enumerable.Range(0, limits.MaxNearPerSource).Select(_ => limits.Enter(Caller.LocalReader, From("fd00:a::2"))).ToList();
        places[0].Dispose();
        places[0].Dispose();

        limits.Enter(Caller.LocalReader, From("fd00:a::2"));
        Should.Throw<RefusedException>(() => limits.Enter(Caller.LocalReader, From("fd00:a::2")));
        limits.Open.ShouldBe(limits.MaxNearPerSource);
    }

    private static Caller Operator(string id) =>
        Caller.Of(new TokenRow { Id = id, Kind = TokenRow.Admin, Name = id, Hash = "", Scope = TokenRow.Read }, AuthMethod.Token);

    private static DefaultHttpContext From(string address)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new SourceAddress(IPAddress.Parse(address)));
        return context;
    }
}
