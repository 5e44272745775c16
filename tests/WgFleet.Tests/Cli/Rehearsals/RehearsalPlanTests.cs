using System.CommandLine;
using WgFleet.Cli;
using WgFleet.Cli.Arguments;
using WgFleet.Cli.Rehearsals;

namespace WgFleet.Tests.Cli.Rehearsals;

public class RehearsalPlanTests
{
    [Fact]
    public void The_machines_are_switched_on_one_after_the_other_over_the_whole_time()
    {
        var plan = new RehearsalPlan { Fleet = "alpha", Machines = 300, BootIn = TimeSpan.FromSeconds(60) };

        Enumerable.Range(0, 300).Select(plan.BootAt).ShouldBe(Enumerable.Range(0, 300).Select(i => TimeSpan.FromMilliseconds(200 * i)));
    }

    [Theory]
    [InlineData(300, "2", 6)]
    [InlineData(300, "0", 0)]
    [InlineData(300, "0.5", 2)] // 1.5, to the even number.
    [InlineData(50, "0.1", 1)] // Some were asked for.
    [InlineData(7, "50", 3)]
    [InlineData(2, "50", 1)]
    public void A_share_of_the_machines_are_clones_each_of_another_machine_that_is_switched_on_before(int machines, string percent, int clones)
    {
        var plan = new RehearsalPlan { Fleet = "alpha", Machines = machines, ClonePercent = decimal.Parse(percent, System.Globalization.CultureInfo.InvariantCulture) };

        var pairs = Enumerable.Range(0, machines).Select(i => (Clone: i, Original: plan.OriginalOf(i))).Where(p => p.Original is not null).ToList();

        plan.Clones.ShouldBe(clones);
        pairs.Count.ShouldBe(clones);
        pairs.Select(p => p.Original).ShouldBeUnique();
        pairs.ShouldAllBe(p => p.Original < p.Clone && plan.OriginalOf(p.Original!.Value) == null);
        pairs.ShouldAllBe(p => plan.NameOf(p.Clone) == plan.NameOf(p.Original!.Value));
    }

    [Fact]
    public void No_two_machines_ask_for_one_name_that_are_not_copies()
    {
        var plan = new RehearsalPlan { Fleet = "alpha", Machines = 1_000, ClonePercent = 10 };

        Enumerable.Range(0, 1_000).Select(plan.NameOf).Distinct().Count().ShouldBe(900);
    }

    [Theory]
    [InlineData("rehearse")]
    [InlineData("rehearse alpha beta")]
    [InlineData("rehearse alpha --machines 0")]
    [InlineData("rehearse alpha --machines 10001")]
    [InlineData("rehearse alpha --boot-in 60")]
    [InlineData("rehearse alpha --clones 51%")]
    [InlineData("rehearse alpha --clones -1%")]
    [InlineData("rehearse alpha --clones many")]
    [InlineData("rehearse alpha --machines 1 --clones 1%")]
    [InlineData("rehearse alpha --outage -5m")]
    [InlineData("rehearse alpha --ping-every 0s")]
    public void A_wrong_command_line_is_refused_in_one_line(string arguments) =>
        WrongLine.Of(CommandLine.Parse(CommandLine.Root(), arguments.Split(' '))).ShouldNotBeNull().ShouldMatch("\\A[^\n]{10,}\\z");

    [Fact]
    public void The_arguments_of_a_plan_are_read_as_that_plan()
    {
        var plan = new RehearsalPlan
        {
            Fleet = "alpha", Machines = 42, BootIn = TimeSpan.FromSeconds(90), ClonePercent = 2.5m, Outage = TimeSpan.FromMinutes(5), KillsGateway = true,
            PingEvery = TimeSpan.FromMilliseconds(1500),
        };
        var root = new RootCommand();
        foreach (var command in RehearseCommand.Create(new Option<string>("--config"), (_, _) => Task.FromResult(0)))
            root.Subcommands.Add(command);

        var parse = CommandLine.Parse(root, [.. plan.Arguments]);
        var read = RehearseCommand.PlanOf(parse, "alpha");

        WrongLine.Of(parse).ShouldBeNull();
        read.ShouldBe(plan);
    }
}
