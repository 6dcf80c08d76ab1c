import type { Section } from "../api/types";
import { Contact } from "../components/Contact";
import { hasMessage, t } from "../i18n";
import { stateName } from "./states";

/** The recruiter's list: how we appoint in each state, how the license there stands, and whom to ask for a change. */
export function RequestedStates({ section }: { section: Section }) {
  const { recruiter } = section;
  const states = section.states ?? [];
  return (
    <div className="card">
      {states.length === 0 ? (
        <p>{t("states.none")}</p>
      ) : (
        <div className="table-scroll" role="region" aria-label={t("states.caption")} tabIndex={0}>
          <table>
            <caption className="sr-only">{t("states.caption")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("states.state")}</th>
                <th scope="col">{t("states.type")}</th>
                <th scope="col">{t("states.license")}</th>
              </tr>
            </thead>
            <tbody>
              {states.map((row) => {
                const type = `states.type.${row.type}`;
                return (
                  <tr key={row.state}>
                    <th scope="row">{stateName(row.state)}</th>
                    <td>{hasMessage(type) ? t(type) : row.type}</td>
                    <td>
                      <span className={`badge badge-${row.license.status}`}>
                        {t(`states.license.${row.license.status}`)}
                      </span>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {recruiter && (
        <div className="contact">
          <p>{t("states.wrong")}</p>
          <Contact person={recruiter} />
        </div>
      )}
    </div>
  );
}
