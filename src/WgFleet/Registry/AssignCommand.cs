namespace WgFleet.Registry;

/// <summary>An operator gives a client a name: exactly that one, or none at all.</summary>
internal sealed class AssignCommand(string fleet, long id, string hostname) : Command<Member>
{
    public override void Decide(Draft draft)
    {
        var within = draft.Fleet(fleet);
        var member = within.Find(id) ?? throw new RefusedException(Refusal.NotRegistered, "the client has just been removed");
        if (member.Hostname == hostname)
        {
            Result = member;
            return;
        }

        if (!within.IsFree(hostname))
            throw new RefusedException(Refusal.NameTaken, $"another client of {fleet} is called '{hostname}'");

        Result = draft.Rename(within, member, hostname);
    }
}
