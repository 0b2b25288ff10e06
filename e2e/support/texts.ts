/** A brief with tasks, a commitment of the client's, a question, two exclusions, a budget and a deadline. */
export const BRIEF = `Hi Mara,

thanks for the call. The museum café reopens in spring, and we would like you to do the graphics.

Please design a new menu with three pages, that should take about 6 hours. We also need a sign for the entrance by 12 March 2027. Could you redraw the opening hours for the door? I'll send you the measured drawing by 5 March 2027.

We don't need a website. Photographs are not part of this.

Do we need the allergens in English as well?

We have put aside 2,400 euros for all of it, and everything has to be finished by 30 April 2027.

Best,
Ines
`;
